import type { Facts } from './facts.js';
import type { GivenRefusal } from './gate/refusal.js';
import type { Layer } from './layered-retry.js';
import type { LimitedCall, OpenBody } from './limited-call.js';
import type { Outcome } from './outcome.js';
import type { ProviderProfile } from './profile.js';
import type { Trace } from './trace.js';

/** What an operation is told of the attempt that it makes. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** The caller's own signal, or one that a time limit can abort too. */
  readonly signal: AbortSignal | undefined;
}

/** What is tried: one attempt. */
export type Operation<T> = (attempt: Attempt) => T | PromiseLike<T>;

/** The limits that a single call may set; they go before the policy's. */
export interface CallLimits extends Omit<LimitedCall, 'body'> {
  /** @see PolicyOptions.maxRetries */
  readonly maxRetries?: number | undefined;
  /** @see PolicyOptions.deadlineMs */
  readonly deadlineMs?: number | undefined;
  /** @see PolicyOptions.attemptTimeoutMs */
  readonly attemptTimeoutMs?: number | undefined;
  /** @see PolicyOptions.maxHoldMs */
  readonly maxHoldMs?: number | undefined;
  /** Whether the work of this call may be done, and billed, twice. */
  readonly repeatable?: boolean | undefined;
  /** Is told once, when the call has settled, what happened to it. */
  readonly onSettled?: ((trace: Trace) => void) | undefined;
}

/** What can be said of one call. */
export interface CallOptions<T> extends CallLimits, LimitedCall {
  /** Ends attempts and waits; an abort in a wait rejects at once with `signal.reason` itself. */
  readonly signal?: AbortSignal | null | undefined;
  /** The HTTP method; without one the call counts as not idempotent. */
  readonly method?: string | undefined;
  /**
   * What the API of this call means by its answers. @default the policy's profile; `genericProfile`
   * where the policy picks one by URL, since only adapters know the URL
   */
  readonly provider?: ProviderProfile | undefined;
  /** Reads an outcome. @default finds `status` and `headers` on values, errors and their responses */
  readonly gather?: ((outcome: Outcome<T>, attempt: Attempt) => Facts | Promise<Facts>) | undefined;
  /** Is given each value that nobody will read, so that its socket can be freed. */
  readonly discard?: ((value: T) => void) | undefined;
  /**
   * Which calls share its limit, and so its gate and its retry budget: those of the same policy with
   * the same key. @default all calls of the policy to the same provider; a call without a policy
   * shares with none
   */
  readonly key?: string | undefined;
  /** What of the key may be shown in events and traces, where it holds a credential. @default all */
  readonly showKey?: (() => string) | undefined;
  /** What its trace is to note. */
  readonly notes?: readonly string[] | undefined;
  /**
   * A name of the request that is the same for the same request, to notice when a layer above repeats
   * what we refrained from. Asked only when there is something to notice.
   */
  readonly fingerprint?: (() => string | undefined) | undefined;
  /** Names the layer above that makes the call, as far as its request tells. Asked only then. */
  readonly layer?: (() => Layer | undefined) | undefined;
  /**
   * Asked when the call repeats one that was given up because it may have been done: what it ends with
   * instead, without an attempt. @default nothing, so it is made
   */
  readonly standing?: (() => Outcome<T> | undefined) | undefined;
  /**
   * Makes the outcome of a call that is refused without a request, because another call of its key
   * was refused, or the same call was before. @default the very value or error of that call
   */
  readonly rebuild?: ((refusal: GivenRefusal) => Outcome<T>) | undefined;
  /**
   * Finds in a value of its own what was used, for a limiter that counts tokens; the value must stay
   * as it is. @default the value itself, in which `usage` is looked for
   */
  readonly readUsage?: ((value: T) => unknown) | undefined;
  /**
   * Finds in a value of its own the body that is still coming, for a limiter that bounds how many calls
   * are under way. @default none: all is over when the value is there
   */
  readonly openBody?: ((value: T) => OpenBody | undefined) | undefined;
}
