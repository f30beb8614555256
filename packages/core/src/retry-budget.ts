import type { Clock } from './clock.js';

/** How many retries the calls of a key may make together, so that an outage is not amplified. */
export interface RetryBudgetOptions {
  /** Retries that each call earns when it starts, 0 or more. @default 0.1 */
  readonly perCall?: number;
  /** Retries that every second earns, 0 or more, so that a few calls can always be retried. @default 10 */
  readonly perSecond?: number;
  /** The most that can be saved, 0 or more; a fresh budget is full. @default 100 */
  readonly max?: number;
}

export const DEFAULT_RETRY_BUDGET = Object.freeze({ perCall: 0.1, perSecond: 10, max: 100 });

/**
 * A retry budget in the shape of Finagle's: tokens that calls and seconds earn, and retries spend.
 * A blip is healed from what is saved; in an outage about a tenth is added to the load.
 *
 * @see https://twitter.github.io/finagle/guide/Clients.html#retries
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #rules: Required<RetryBudgetOptions>;
  #tokens: number;
  #atMs: number;

  constructor(clock: Clock, rules: Required<RetryBudgetOptions>) {
    this.#clock = clock;
    this.#rules = rules;
    this.#tokens = rules.max;
    this.#atMs = clock.monotonic();
  }

  /** A call starts. */
  earn(): void {
    this.#tokens = Math.min(this.#rules.max, this.#tokens + this.#rules.perCall);
  }

  /** How many retries may be made now; a fraction is not one. */
  get retriesAllowed(): number {
    const nowMs = this.#clock.monotonic();
    const earned = ((nowMs - this.#atMs) / 1000) * this.#rules.perSecond;
    this.#atMs = nowMs;
    this.#tokens = Math.min(this.#rules.max, this.#tokens + earned);
    return this.#tokens;
  }

  /** A retry is made. */
  spend(): void {
    this.#tokens = Math.max(0, this.retriesAllowed - 1);
  }
}
