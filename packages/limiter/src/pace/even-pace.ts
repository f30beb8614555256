import type { Charge, Pacer } from './pacer.js';

interface EvenCharge extends Charge {
  amount: number;
}

/** Forgives what sums of fractions lose. */
const EPSILON_MS = 1e-6;

/** No burst at all: whatever is taken, the next waits until it would have refilled. */
export class EvenPace implements Pacer<EvenCharge> {
  readonly #eachMs: number;
  #last: EvenCharge | undefined;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(limit: number, perMs: number) {
    this.#eachMs = perMs / limit;
  }

  /** Its own size delays those behind it, not itself, and there is nothing that could be left. */
  waitMs(_amount: number, nowMs: number, _keep = 0, ahead = 0): number {
    const waitMs = Math.max(this.#nextAtMs, nowMs) + ahead * this.#eachMs - nowMs;
    return waitMs > EPSILON_MS ? waitMs : 0;
  }

  take(amount: number, nowMs: number): EvenCharge {
    this.#nextAtMs = Math.max(this.#nextAtMs, nowMs) + amount * this.#eachMs;
    this.#last = { amount };
    return this.#last;
  }

  answered(): void {}

  /** Whoever waited for another but the last has gone already, and its own time has to pass. */
  change(charge: EvenCharge, amount: number): void {
    const more = amount - charge.amount;
    if (more > 0 || charge === this.#last) this.#nextAtMs += more * this.#eachMs;
    charge.amount = amount;
  }

  available(nowMs: number): number {
    return this.waitMs(1, nowMs) === 0 ? 1 : 0;
  }

  isFresh(nowMs: number): boolean {
    return this.#nextAtMs <= nowMs;
  }
}
