import type { Facts } from './facts.js';
import type { Outcome } from './outcome.js';
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
export interface CallLimits {
  /** @see PolicyOptions.maxRetries */
  readonly maxRetries?: number | undefined;
  /** @see PolicyOptions.deadlineMs */
  readonly deadlineMs?: number | undefined;
  /** @see PolicyOptions.attemptTimeoutMs */
  readonly attemptTimeoutMs?: number | undefined;
  /** Whether the work of this call may be done, and billed, twice. */
  readonly repeatable?: boolean | undefined;
  /** Is told once, when the call has settled, what happened to it. */
  readonly onSettled?: ((trace: Trace) => void) | undefined;
}

/** What can be said of one call. */
export interface CallOptions<T> extends CallLimits {
  /** Ends attempts and waits; an abort in a wait rejects at once with `signal.reason` itself. */
  readonly signal?: AbortSignal | null | undefined;
  /** The HTTP method; without one the call counts as not idempotent. */
  readonly method?: string | undefined;
  /** Reads an outcome. @default finds `status` and `headers` on values, errors and their responses */
  readonly gather?: ((outcome: Outcome<T>, attempt: Attempt) => Facts | Promise<Facts>) | undefined;
  /** Is given each value that nobody will read, so that its socket can be freed. */
  readonly discard?: ((value: T) => void) | undefined;
}
