import { arrivalMs, type Charge, type Pacer } from './pacer.js';

interface BucketCharge extends Charge {
  amount: number;
  readonly takenAtMs: number;
  /** All that had been taken before it. */
  readonly before: number;
}

/** Forgives what sums of fractions lose. */
const EPSILON_MS = 1e-6;

/**
 * A bucket that holds `limit` units and refills evenly, all of it in `perMs` milliseconds. It is known by
 * the moment at which it is full again (the generic cell rate algorithm).
 */
export class TokenBucket implements Pacer<BucketCharge> {
  readonly #perMs: number;
  /** Milliseconds in which one unit comes back. */
  readonly #eachMs: number;
  readonly #arrivalMs: number;
  #fullAtMs = Number.NEGATIVE_INFINITY;
  #taken = 0;

  constructor(limit: number, perMs: number) {
    this.#perMs = perMs;
    this.#eachMs = perMs / limit;
    this.#arrivalMs = arrivalMs(perMs);
  }

  waitMs(amount: number, nowMs: number, keep = 0, ahead = 0): number {
    const needMs = amount * this.#eachMs;
    const keptMs = Math.max(0, Math.min(keep * this.#eachMs, this.#perMs - needMs));
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + ahead * this.#eachMs;
    const waitMs = fullAtMs + needMs + keptMs - this.#perMs - nowMs;
    return waitMs > EPSILON_MS ? waitMs : 0;
  }

  take(amount: number, nowMs: number): BucketCharge {
    const charge = { amount, takenAtMs: nowMs, before: this.#taken };
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + amount * this.#eachMs;
    this.#taken += amount;
    return charge;
  }

  /**
   * The server's own bucket began to refill when the request came there, not when it was sent. So ours is
   * not full before it and all that was taken since would have refilled, counted from its answer.
   */
  answered({ takenAtMs, before }: BucketCharge, nowMs: number): void {
    const arrivedAtMs = Math.min(nowMs, takenAtMs + this.#arrivalMs);
    const fullAtMs = arrivedAtMs + (this.#taken - before) * this.#eachMs;
    this.#fullAtMs = Math.max(this.#fullAtMs, fullAtMs);
  }

  change(charge: BucketCharge, amount: number): void {
    const more = amount - charge.amount;
    charge.amount = amount;
    this.#fullAtMs += more * this.#eachMs;
    this.#taken += more;
  }

  available(nowMs: number): number {
    const emptyMs = Math.max(0, this.#fullAtMs - nowMs);
    return Math.max(0, (this.#perMs - emptyMs) / this.#eachMs);
  }

  isFresh(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}
