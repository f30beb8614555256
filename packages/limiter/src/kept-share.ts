import type { Clock } from '@forbear/core';
import { INTERACTIVE } from './priority.js';

/** For how long after an interactive call a share is kept for the next. */
const KEPT_MS = 60_000;

/** The share of everything that is left for interactive calls, while there are any. */
export class KeptShare {
  readonly #share: number;
  readonly #clock: Clock;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(share: number, clock: Clock) {
    this.#share = share;
    this.#clock = clock;
  }

  /** A call of this level came. */
  notice(level: number): void {
    if (level >= INTERACTIVE) this.#lastAtMs = this.#clock.monotonic();
  }

  /** Whether one came later than this. */
  isLaterThan(atMs: number): boolean {
    return this.#lastAtMs > atMs;
  }

  /** Which share is kept from a call of this level. */
  from(level: number, nowMs: number): number {
    return level < INTERACTIVE && nowMs - this.#lastAtMs < KEPT_MS ? this.#share : 0;
  }
}
