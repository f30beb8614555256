import type { Backoff } from './backoff.js';
import { type Clock, systemClock } from './clock.js';
import { DEFAULTS } from './defaults.js';
import { Events } from './events.js';
import { Gates } from './gates.js';
import { genericProfile } from './generic-profile.js';
import type { KeyRequest } from './key/key-request.js';
import type { Limiter } from './limiter.js';
import { assertOptions } from './options.js';
import type { ProviderPicker } from './picker.js';
import { POLICY_CHECKS } from './policy-checks.js';
import type { ProviderProfile } from './profile.js';
import { DEFAULT_RETRY_BUDGET, type RetryBudgetOptions } from './retry-budget.js';
import { uuidOf } from './uuid.js';

/** What a policy lays down. Everything has a default. */
export interface PolicyOptions {
  /**
   * What the API means by its answers: a profile, or a function that picks one by the URL of each
   * call, such as `auto`. @default a conservative profile that vouches for nothing
   */
  readonly provider?: ProviderProfile | ProviderPicker | undefined;
  /** How many attempts may follow the first: a whole number from 0 to 1000. @default 3 */
  readonly maxRetries?: number | undefined;
  /** The wait before a retry when the server names none. @default exponential, full jitter */
  readonly backoff?: Backoff | undefined;
  /**
   * The longest told wait in milliseconds that is waited out; a longer one stops the call at once,
   * and its trace holds `retryAt`. @default 60000
   */
  readonly maxRetryAfterMs?: number | undefined;
  /**
   * Milliseconds for the whole call: waits, and attempts up to their response headers. When it runs
   * out in an attempt, the call rejects with a `DOMException` named `TimeoutError`. @default none
   */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds for one attempt up to its response headers. @default none */
  readonly attemptTimeoutMs?: number | undefined;
  /** Whether work may be done, and billed, twice. @default false */
  readonly repeatable?: boolean | undefined;
  /**
   * The longest time in milliseconds that one call is held in gates, because its key was told to wait;
   * 0: it is refused instead. @default 120000
   */
  readonly maxHoldMs?: number | undefined;
  /**
   * How often in milliseconds one real call is let through to a key that has no money left or is told
   * to wait for longer than `maxRetryAfterMs`; a success opens it. @default 30000
   */
  readonly probeMs?: number | undefined;
  /** What the calls of a key may retry together; `false`: anything. @default 0.1 a call, 10 a second, 100 saved */
  readonly retryBudget?: RetryBudgetOptions | false | undefined;
  /**
   * Which calls share a limit, and so a gate and a retry budget: those for which it returns the same
   * text. That text is shown in events and traces, unless it holds the credential.
   * @default what the provider's profile says
   */
  readonly key?: ((request: KeyRequest) => string) | undefined;
  /**
   * Makes the idempotency key of each call to a provider that honours them, 1 to 255 visible ASCII
   * characters; `false`: none is made. A key that a request brings always wins. @default a random UUID
   */
  readonly idempotencyKey?: (() => string) | false | undefined;
  /**
   * How long in milliseconds a call is refused that is the same as one that was given up because it
   * may have been processed: it ends as that one did, without a request. It is for layers above that
   * repeat what fails and cannot be told not to. @default never
   */
  readonly refuseRepeatsMs?: number | undefined;
  /**
   * Paces attempts before the server has to refuse them; `createLimiter` of `@forbear/limiter` makes
   * one. @default none
   */
  readonly limiter?: Limiter | undefined;
  /** @default the system's */
  readonly clock?: Clock | undefined;
  /** A random number in [0, 1), for jitter. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Checked, frozen options, shared by all calls that are given it. */
export interface Policy {
  readonly provider: ProviderProfile | ProviderPicker;
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly maxRetryAfterMs: number;
  readonly maxHoldMs: number;
  readonly probeMs: number;
  /** `undefined`: retries are not budgeted. */
  readonly retryBudget: Required<RetryBudgetOptions> | undefined;
  readonly deadlineMs: number | undefined;
  readonly attemptTimeoutMs: number | undefined;
  readonly repeatable: boolean;
  /** `undefined`: no call is refused for being the same as another. */
  readonly refuseRepeatsMs: number | undefined;
  readonly limiter: Limiter | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly key: ((request: KeyRequest) => string) | undefined;
  /** `undefined`: none is made. */
  readonly idempotencyKey: (() => string) | undefined;
  /** The gates of its keys, and what was wasted. */
  readonly gates: Gates;
  /** What happens to its calls, as it happens. */
  readonly events: Events;
}

/**
 * Checks options and makes a policy of them.
 *
 * @throws {InvalidOptionsError} with every problem: unknown options, wrong types, impossible values
 */
export function definePolicy(options: PolicyOptions = {}): Policy {
  assertOptions('definePolicy', options, POLICY_CHECKS);
  const { clock = systemClock } = options;
  const maxRetryAfterMs = options.maxRetryAfterMs ?? DEFAULTS.maxRetryAfterMs;
  const probeMs = options.probeMs ?? DEFAULTS.probeMs;
  const retryBudget =
    options.retryBudget === false
      ? undefined
      : Object.freeze({ ...DEFAULT_RETRY_BUDGET, ...options.retryBudget });
  return Object.freeze({
    provider: options.provider ?? genericProfile,
    maxRetries: options.maxRetries ?? DEFAULTS.maxRetries,
    backoff: freezeBackoff(options.backoff ?? {}),
    maxRetryAfterMs,
    maxHoldMs: options.maxHoldMs ?? DEFAULTS.maxHoldMs,
    probeMs,
    retryBudget,
    deadlineMs: options.deadlineMs,
    attemptTimeoutMs: options.attemptTimeoutMs,
    repeatable: options.repeatable ?? DEFAULTS.repeatable,
    refuseRepeatsMs: options.refuseRepeatsMs,
    limiter: options.limiter,
    clock,
    random: options.random ?? Math.random,
    key: options.key,
    idempotencyKey:
      options.idempotencyKey === false ? undefined : (options.idempotencyKey ?? randomUuid),
    gates: new Gates({
      clock,
      maxRetryAfterMs,
      probeMs,
      retryBudget,
      refuseRepeatsMs: options.refuseRepeatsMs,
    }),
    events: new Events(),
  });
}

function randomUuid(): string {
  // crypto.randomUUID is missing on pages without TLS.
  return uuidOf(crypto.getRandomValues(new Uint8Array(16)));
}

function freezeBackoff(backoff: Backoff): Backoff {
  return typeof backoff === 'function' ? backoff : Object.freeze({ ...backoff });
}
