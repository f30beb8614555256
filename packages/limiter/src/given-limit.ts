import type { Limit } from './limit.js';
import { pacerOf } from './limit-pacer.js';
import type { Charge, Pacer } from './pace/pacer.js';
import type { LearntLimit } from './permit-source.js';

/** One limit that was given, and what counts it. */
export class GivenLimit {
  readonly limit: Limit;
  readonly #pacer: Pacer;

  constructor(limit: Limit) {
    this.limit = limit;
    this.#pacer = pacerOf(limit);
  }

  /** @see Pacer.waitMs */
  waitMs(amount: number, nowMs: number, keptShare: number): number {
    return this.#pacer.waitMs(amount, nowMs, Math.floor(this.limit.amount * keptShare));
  }

  estimateMs(amount: number, ahead: number, nowMs: number): number {
    return this.#pacer.waitMs(amount, nowMs, 0, ahead);
  }

  take(amount: number, nowMs: number): Charge {
    return this.#pacer.take(amount, nowMs);
  }

  /** @param told what the answer said of limits; it may say when a window of this one ends */
  answered(charge: Charge, told: readonly LearntLimit[], nowMs: number): void {
    const { unit, amount, shape } = this.limit;
    const same = told.find((each) => each.unit === unit && each.limit === amount);
    const resetMs = shape === 'fixed' ? same?.resetMs : undefined;
    this.#pacer.answered(charge, nowMs, resetMs === undefined ? undefined : nowMs + resetMs);
  }

  change(charge: Charge, amount: number, nowMs: number): void {
    this.#pacer.change(charge, amount, nowMs);
  }

  available(nowMs: number): number {
    return this.#pacer.available(nowMs);
  }

  isFresh(nowMs: number): boolean {
    return this.#pacer.isFresh(nowMs);
  }
}
