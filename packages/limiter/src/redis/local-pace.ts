/**
 * Spaces out what one process takes: after each take it waits until the next is due. What is idle
 * saves up at most `burstMs` of it.
 */
export class LocalPace {
  #dueAtMs = Number.NEGATIVE_INFINITY;

  /** Milliseconds until something may be taken; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#dueAtMs - nowMs);
  }

  /** Something was taken that uses up `costMs` of the pace. */
  take(nowMs: number, costMs: number, burstMs: number): void {
    this.#dueAtMs = Math.max(this.#dueAtMs, nowMs - burstMs) + costMs;
  }

  /** Something was taken that Redis paces: from here on it would go by itself. */
  follow(nowMs: number, costMs: number): void {
    this.#dueAtMs = Math.min(Math.max(this.#dueAtMs, nowMs) + costMs, nowMs + 2 * costMs);
  }

  /** Not so much was used after all, or more where `costMs` is negative. */
  giveBack(costMs: number): void {
    this.#dueAtMs -= costMs;
  }
}
