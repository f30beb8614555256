import { LearntLevel, type Sent } from './learnt-level.js';
import { type Basis, isBucket, isLaterWindow, REORDER_MS, refillOf } from './learnt-shape.js';
import type { Unit } from './need.js';
import type { LearntLimit as Told } from './permit-source.js';

/** For how long what is left is believed, where no reset was told. */
const UNTOLD_RESET_MS = 1_000;
/** Refusals are quick where answers may take a minute, so after this time none is coming. */
const REFUSAL_MS = 250;
/** What no answer has told of for so long may hold more by now. */
const SURE_MS = 60_000;
/** Forgives what sums of fractions lose, in units. */
const EPSILON = 1e-6;
/** A shorter wait might not even move the clock. */
const LEAST_WAIT_MS = 0.01;

/**
 * One limit as the server tells of it in its answers. A server counts a request when it comes, and may
 * answer it much later; so of two answers the one to the later request holds, whatever order they come
 * in.
 */
export class LearntLimit {
  readonly unit: Unit;
  readonly name: string;
  readonly #sentSince: (sentAtMs: number) => Iterable<Sent>;
  readonly #level = new LearntLevel();
  #shape: 'window' | 'full';
  #basis: Basis;
  /** What was sent from here on is taken from the level. */
  #takenSinceMs = Number.NEGATIVE_INFINITY;
  /** When the first attempt went after a window was over by its own word; the others wait for its answer. */
  #triedAtMs: number | undefined;
  #isConfirmed = true;
  #longestResetMs = 0;
  /** When an answer last told what it holds. */
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** @param sentSince what is under way that was sent then or later, the oldest first */
  constructor(
    { unit, name }: Told,
    shape: 'window' | 'full',
    sentSince: (sentAtMs: number) => Iterable<Sent>,
  ) {
    this.unit = unit;
    this.name = name;
    this.#shape = shape;
    this.#sentSince = sentSince;
    this.#basis = {
      sentAtMs: Number.NEGATIVE_INFINITY,
      left: undefined,
      roomAtMs: Number.NEGATIVE_INFINITY,
      serverResetAtMs: undefined,
    };
  }

  /** What it holds when it is full, if that is known. */
  get limit(): number | undefined {
    return Number.isFinite(this.#level.limit) ? this.#level.limit : undefined;
  }

  /** An attempt takes from it. */
  take(amount: number, nowMs: number): void {
    this.#level.take(amount, nowMs);
    if (!this.#isConfirmed) this.#triedAtMs ??= nowMs;
  }

  /** An attempt that took from it was never sent. */
  giveBack(amount: number, sentAtMs: number): void {
    if (sentAtMs >= this.#takenSinceMs) this.#level.giveBack(amount);
  }

  /**
   * An answer told of it.
   *
   * @param sent the attempt that it answers, which is not under way any more
   */
  hear(told: Told, { sentAtMs, amount }: Sent, nowMs: number): void {
    const basis = this.#basis;
    if (sentAtMs < basis.sentAtMs - REORDER_MS) return;
    const { remaining, resetMs, resetAtMs } = told;
    const isNewer = sentAtMs > basis.sentAtMs + REORDER_MS;
    const tookMs = nowMs - sentAtMs;
    if (told.limit === this.limit && isBucket(basis, told, tookMs)) this.#shape = 'full';
    if (told.limit !== undefined && (isNewer || this.limit === undefined)) {
      this.#level.limit = told.limit;
    }
    if (told.limit === this.limit) this.#toldAtMs = nowMs;
    if (remaining === undefined) return;
    if (this.#shape === 'full') {
      const { refillPerMs, limit } = this.#level;
      this.#level.refillPerMs = refillOf(told, limit - remaining, tookMs) ?? refillPerMs;
    }
    const countedAtMs = Math.min(nowMs, sentAtMs + REORDER_MS);
    const sinceMs = sentAtMs - REORDER_MS;
    const since = this.#sentSince(sinceMs);
    const roomAtMs = nowMs + (resetMs ?? UNTOLD_RESET_MS);
    const isLater = this.#shape === 'window' && isLaterWindow(basis, roomAtMs, sentAtMs);
    if (!isNewer && !isLater) {
      // Until an answer tells of a window that was believed over, what came before it stays taken.
      if (basis.left === undefined) return;
      // What came back meanwhile may hide which of the two was counted first.
      const hidden = this.#level.refillPerMs * REORDER_MS;
      if (remaining >= basis.left + hidden) this.giveBack(amount, sentAtMs);
      else if (remaining < basis.left - hidden) {
        this.#level.set(remaining, countedAtMs, since);
        this.#takenSinceMs = sinceMs;
      } else if (this.#level.lower(remaining, countedAtMs, since, nowMs)) {
        this.#takenSinceMs = sinceMs;
      }
      basis.left = Math.min(basis.left, remaining);
      return;
    }
    this.#level.set(remaining, countedAtMs, since);
    this.#takenSinceMs = sinceMs;
    this.#basis = { sentAtMs, left: remaining, roomAtMs, serverResetAtMs: resetAtMs };
    this.#longestResetMs = Math.max(this.#longestResetMs, resetMs ?? 0);
    this.#confirm();
  }

  /** Milliseconds until `amount`, or all it holds, may be taken so that `keep` is left; 0: now. */
  waitMs(amount: number, nowMs: number, keep: number): number {
    if (this.#triedAtMs !== undefined) {
      const leftMs = this.#triedAtMs + REFUSAL_MS - nowMs;
      if (leftMs > 0) return leftMs;
      this.#confirm();
    }
    const { refillPerMs, limit } = this.#level;
    const wanted = Math.min(amount + keep, limit);
    const missing = this.#missing(wanted, nowMs);
    if (missing === 0) return 0;
    if (refillPerMs > 0) return Math.max(missing / refillPerMs, LEAST_WAIT_MS);
    const roomInMs = this.#basis.roomAtMs - nowMs;
    if (roomInMs > 0) return roomInMs;
    this.#roll(nowMs);
    // Where even that is too little, those under way are waited for.
    const isBusy = this.#missing(wanted, nowMs) > 0 && this.#level.at(nowMs) < limit;
    return isBusy ? UNTOLD_RESET_MS : 0;
  }

  /** How long it will be until `amount` is taken after `ahead` units. */
  estimateMs(amount: number, ahead: number, nowMs: number): number {
    const missing = this.#missing(ahead + amount, nowMs);
    if (missing === 0) return 0;
    const { refillPerMs, limit } = this.#level;
    if (refillPerMs > 0) return missing / refillPerMs;
    const untilRoomMs = Math.max(0, this.#basis.roomAtMs - nowMs);
    const windows = Number.isFinite(limit) ? Math.ceil(missing / limit) - 1 : 0;
    return untilRoomMs + windows * this.#longestResetMs;
  }

  /** Whether it holds no more than was told. */
  isSure(nowMs: number): boolean {
    return nowMs < this.#toldAtMs + SURE_MS;
  }

  /** What could be taken now, which may be less than nothing; `Infinity`: any amount. */
  available(nowMs: number): number {
    return this.#level.at(nowMs);
  }

  /** Whether what was told does not hold any more. */
  isFresh(nowMs: number): boolean {
    return nowMs >= this.#basis.roomAtMs;
  }

  #missing(amount: number, nowMs: number): number {
    const missing = amount - this.#level.at(nowMs);
    return missing > EPSILON ? missing : 0;
  }

  /** The window is over by its own word: it is full again, which one attempt is to confirm. */
  #roll(nowMs: number): void {
    const { limit } = this.#level;
    const sentAtMs = this.#basis.roomAtMs;
    // What was sent since its end is part of the next one.
    this.#takenSinceMs = sentAtMs - REORDER_MS;
    this.#level.set(limit, nowMs, this.#sentSince(this.#takenSinceMs));
    this.#basis = {
      sentAtMs,
      left: undefined,
      // Until an answer tells, the next one is as long as the longest that was seen.
      roomAtMs: nowMs + Math.max(UNTOLD_RESET_MS, this.#longestResetMs),
      serverResetAtMs: undefined,
    };
    this.#isConfirmed = false;
  }

  #confirm(): void {
    this.#isConfirmed = true;
    this.#triedAtMs = undefined;
  }
}
