import { arrivalMs, type Charge, type Pacer } from './pacer.js';

/** What was taken in a short while, counted as if all of it came at the end of that. */
interface Slice {
  readonly sinceMs: number;
  atMs: number;
  amount: number;
  /** The one that it became part of. */
  into: Slice | undefined;
}

interface BucketCharge extends Charge {
  amount: number;
  readonly takenAtMs: number;
  readonly slice: Slice;
}

/** Forgives what sums of fractions lose. */
const EPSILON_MS = 1e-6;
/** How exact the past is known: a slice is this part of `perMs`. */
const SLICES_PER = 64;
const MOST_SLICES = 2 * SLICES_PER;

/**
 * A bucket that holds `limit` units and refills evenly, all of it in `perMs` milliseconds. It is known by
 * the moment at which it is full again (the generic cell rate algorithm). What was taken since it was
 * full is kept, since a full bucket refills no more: what an old charge gives back may be lost by then.
 */
export class TokenBucket implements Pacer<BucketCharge> {
  readonly #perMs: number;
  /** Milliseconds in which one unit comes back. */
  readonly #eachMs: number;
  readonly #arrivalMs: number;
  #fullAtMs = Number.NEGATIVE_INFINITY;
  /** The oldest first. */
  #slices: Slice[] = [];

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
    // However late what was taken came to the server, its bucket was full before this.
    if (this.#fullAtMs + this.#arrivalMs <= nowMs) this.#slices = [];
    const slice = this.#sliceAt(nowMs);
    slice.amount += amount;
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + amount * this.#eachMs;
    return { amount, takenAtMs: nowMs, slice };
  }

  /**
   * The server's own bucket began to refill when the request came there, not when it was sent. So ours is
   * not full before it and all that was taken since would have refilled, counted from its answer.
   */
  answered(charge: BucketCharge, nowMs: number): void {
    const at = this.#indexOf(charge);
    const slice = this.#slices[at];
    if (slice === undefined) return;
    slice.atMs = Math.max(slice.atMs, Math.min(nowMs, charge.takenAtMs + this.#arrivalMs));
    this.#fullAtMs = Math.max(this.#fullAtMs, this.#fullAfter(at));
  }

  change(charge: BucketCharge, amount: number): void {
    const more = amount - charge.amount;
    charge.amount = amount;
    const slice = this.#slices[this.#indexOf(charge)];
    if (slice !== undefined) {
      slice.amount += more;
      this.#fullAtMs = this.#fullAfter(0);
    } else if (more > 0) this.#fullAtMs += more * this.#eachMs;
  }

  available(nowMs: number): number {
    const emptyMs = Math.max(0, this.#fullAtMs - nowMs);
    return Math.max(0, (this.#perMs - emptyMs) / this.#eachMs);
  }

  isFresh(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }

  #sliceAt(nowMs: number): Slice {
    const last = this.#slices.at(-1);
    if (last !== undefined && nowMs - last.sinceMs < this.#perMs / SLICES_PER) {
      last.atMs = Math.max(last.atMs, nowMs);
      return last;
    }
    const slice = { sinceMs: nowMs, atMs: nowMs, amount: 0, into: undefined };
    this.#slices.push(slice);
    const [oldest, next] = this.#slices;
    if (this.#slices.length > MOST_SLICES && oldest !== undefined && next !== undefined) {
      next.amount += oldest.amount;
      oldest.into = next;
      this.#slices.shift();
    }
    return slice;
  }

  /** Where its slice is; -1: the bucket has been full since. */
  #indexOf({ slice }: BucketCharge): number {
    let now = slice;
    while (now.into !== undefined) now = now.into;
    return this.#slices.indexOf(now);
  }

  /** When it would be full again if it was full before this slice. */
  #fullAfter(from: number): number {
    let fullAtMs = Number.NEGATIVE_INFINITY;
    for (const { atMs, amount } of this.#slices.slice(from)) {
      fullAtMs = Math.max(fullAtMs, atMs) + amount * this.#eachMs;
    }
    return fullAtMs;
  }
}
