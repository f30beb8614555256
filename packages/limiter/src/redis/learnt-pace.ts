import type { LearntLimit } from '../permit-source.js';

/** Towards the end of a window, what is left of it goes at most so many times as fast as usual. */
const MOST_HASTE = 4;
/** Resets this close to each other are those of one window, in milliseconds. */
const SAME_WINDOW_MS = 1000;

export type ResetShape = 'window' | 'full';

/** What is known of one limit by what its server said. Times are by the monotonic clock. */
export class LearntPace {
  readonly #shape: ResetShape;
  #limit: number | undefined;
  #remaining: number | undefined;
  #resetMs = 0;
  #resetAtMs = Number.NEGATIVE_INFINITY;
  #longestMs = 0;

  /** @param shape whether a reset means that all of it is back at once, or that it is full again */
  constructor(shape: ResetShape) {
    this.#shape = shape;
  }

  /** What it holds when it is full; absent: not known. */
  get limit(): number | undefined {
    return this.#limit;
  }

  /** What was left of it the last time; absent: not known, or it has been reset since. */
  remaining(nowMs: number): number | undefined {
    return nowMs < this.#resetAtMs ? this.#remaining : undefined;
  }

  learn({ limit = 0, remaining, resetMs }: LearntLimit, nowMs: number): void {
    if (limit > 0 && limit !== this.#limit) {
      this.#limit = limit;
      this.#longestMs = 0;
      this.#remaining = undefined;
    }
    if (resetMs === undefined) return;
    const resetAtMs = nowMs + resetMs;
    const isSame = Math.abs(resetAtMs - this.#resetAtMs) < Math.min(SAME_WINDOW_MS, resetMs);
    // Answers overtake each other: in one window, less is left the later it is.
    const before = isSame && this.#shape === 'window' ? this.#remaining : undefined;
    this.#remaining =
      before === undefined || remaining === undefined
        ? (remaining ?? before)
        : Math.min(remaining, before);
    this.#resetMs = resetMs;
    this.#resetAtMs = resetAtMs;
    this.#longestMs = Math.max(this.#longestMs, resetMs);
  }

  /** Milliseconds for each of its unit, so that what is left lasts until it resets; 0: not known. */
  paceMs(nowMs: number): number {
    const limit = this.#limit;
    if (limit === undefined) return 0;
    const remaining = this.#remaining ?? 0;
    if (this.#shape === 'full') return remaining < limit ? this.#resetMs / (limit - remaining) : 0;
    const usualMs = this.#longestMs / limit;
    const leftMs = this.#resetAtMs - nowMs;
    if (leftMs <= 0 || remaining <= 0) return usualMs;
    return Math.max(leftMs / remaining, usualMs / MOST_HASTE);
  }

  /** Milliseconds until something of it is there again, where it is used up; 0: it is not. */
  emptyForMs(nowMs: number): number {
    if (this.#remaining !== 0) return 0;
    const parts = this.#shape === 'full' ? (this.#limit ?? 1) : 1;
    const askedAtMs = this.#resetAtMs - this.#resetMs;
    return Math.max(0, askedAtMs + this.#resetMs / parts - nowMs);
  }
}
