/** An attempt that was sent and has no answer yet. */
export interface Sent {
  readonly sentAtMs: number;
  /** What it takes. */
  readonly amount: number;
}

/** What is left of a limit that a server told of, as it is used and, if it is a bucket, refills. */
export class LearntLevel {
  /** What it holds when it is full; `Infinity`: not known. */
  limit = Number.POSITIVE_INFINITY;
  /** Units that come back in a millisecond; 0: none before its reset. */
  refillPerMs = 0;
  #left = Number.POSITIVE_INFINITY;
  #atMs = 0;

  /** What is left at a time, which may be less than nothing. */
  at(nowMs: number): number {
    if (this.refillPerMs === 0) return this.#left;
    return Math.min(this.limit, this.#left + this.refillPerMs * Math.max(0, nowMs - this.#atMs));
  }

  take(amount: number, nowMs: number): void {
    this.#left = this.at(nowMs) - amount;
    this.#atMs = Math.max(nowMs, this.#atMs);
  }

  giveBack(amount: number): void {
    this.#left += amount;
  }

  /**
   * The server told what was left at a time.
   *
   * @param since what was sent since then or may have been counted after it, the oldest first
   */
  set(left: number, atMs: number, since: Iterable<Sent>): void {
    this.#left = left;
    this.#atMs = atMs;
    for (const { amount, sentAtMs } of since) this.take(amount, Math.max(sentAtMs, atMs));
  }

  /**
   * The same, of which nobody can tell whether it was before or after what is known: the smaller holds.
   * Says whether that is what was told.
   */
  lower(left: number, atMs: number, since: Iterable<Sent>, nowMs: number): boolean {
    const known = this.at(nowMs);
    this.set(left, atMs, since);
    const told = this.at(nowMs);
    if (told <= known) return true;
    this.#left = known;
    this.#atMs = nowMs;
    return false;
  }
}
