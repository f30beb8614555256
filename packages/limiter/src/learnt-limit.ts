import type { Unit } from './need.js';
import type { LearntLimit as Told } from './permit-source.js';

/** What a server last said, and what has happened since. */
interface Basis {
  /** What was left; `undefined`: any amount. */
  left: number | undefined;
  /** When that was so, by the monotonic clock. */
  atMs: number;
  /** What was sent from here on came after it for certain. */
  heardAtMs: number;
  /** When there is room again, if it was told. */
  readonly resetAtMs: number | undefined;
  /** The same as the server named it, by its own clock. */
  readonly serverResetAtMs: number | undefined;
}

/** How exact servers are about their resets. */
const SAME_WINDOW_MS = 1_500;
/** For how long what is left is believed, where no reset was told. */
const UNTOLD_RESET_MS = 1_000;
/** The `Date` of an answer is in whole seconds. */
const DATE_STEP_MS = 1_000;
/** Forgives what sums of fractions lose, in units. */
const EPSILON = 1e-6;
/** A shorter wait might not even move the clock. */
const LEAST_WAIT_MS = 0.01;
/** Refusals are quick where answers may take a minute, so after this time none is coming. */
const REFUSAL_MS = 250;

/** One limit as the server tells of it in its answers, which may come out of order. */
export class LearntLimit {
  readonly unit: Unit;
  readonly name: string;
  readonly #outstanding: () => number;
  #shape: 'window' | 'full';
  #limit: number | undefined;
  #basis: Basis;
  /** Units whose answers told nothing of this limit. */
  #unseen = 0;
  /** Whether an answer has shown that there is room again; otherwise one attempt finds out. */
  #isConfirmed = true;
  #triedAtMs: number | undefined;
  #ratePerMs = 0;
  #longestResetMs = 0;

  /** @param outstanding units under way, of which the server may have counted any part */
  constructor(told: Told, shape: 'window' | 'full', nowMs: number, outstanding: () => number) {
    this.unit = told.unit;
    this.name = told.name;
    this.#shape = shape;
    this.#outstanding = outstanding;
    this.#basis = {
      left: undefined,
      atMs: nowMs,
      heardAtMs: Number.NEGATIVE_INFINITY,
      resetAtMs: undefined,
      serverResetAtMs: undefined,
    };
  }

  /** What it holds when it is full, if that is known. */
  get limit(): number | undefined {
    return this.#limit;
  }

  /** An answer to an attempt that was sent at `sentAtMs` told of it. */
  hear(told: Told, sentAtMs: number, nowMs: number): void {
    const basis = this.#basis;
    const isNewer = sentAtMs >= basis.heardAtMs;
    this.#noticeShape(told, isNewer, nowMs);
    if (isNewer && told.limit !== undefined) this.#limit = told.limit;
    if (told.remaining === undefined) return;
    const resetAtMs = told.resetMs === undefined ? undefined : nowMs + told.resetMs;
    if (!isNewer && !this.#isLaterWindow(resetAtMs, nowMs)) {
      if (this.#isEarlierWindow(resetAtMs)) return;
      // Nobody can tell which of the two was counted first, so the smaller one is believed.
      basis.left = Math.min(this.#leftAt(nowMs), told.remaining);
      basis.atMs = nowMs;
      this.#noticeRate(told);
      return;
    }
    this.#basis = {
      left: told.remaining,
      atMs: nowMs,
      heardAtMs: nowMs,
      resetAtMs,
      serverResetAtMs: told.resetAtMs,
    };
    this.#unseen = 0;
    this.#confirm();
    this.#longestResetMs = Math.max(this.#longestResetMs, told.resetMs ?? 0);
    this.#noticeRate(told);
  }

  /** An attempt took so much of it, as far as anybody knows, but no answer told of this limit. */
  miss(amount: number): void {
    this.#unseen += amount;
  }

  /** An attempt takes from it. */
  taken(nowMs: number): void {
    if (!this.#isConfirmed) this.#triedAtMs ??= nowMs;
  }

  /** Milliseconds until `amount` may be taken so that `keep` units are left; 0: now. */
  waitMs(amount: number, nowMs: number, keep: number): number {
    if (this.#triedAtMs !== undefined) {
      const leftMs = this.#triedAtMs + REFUSAL_MS - nowMs;
      if (leftMs > 0) return leftMs;
      this.#confirm();
    }
    const missing = () => amount + keep - this.available(nowMs);
    if (missing() <= EPSILON) return 0;
    if (this.#isFull()) return Math.max(missing() / this.#ratePerMs, LEAST_WAIT_MS);
    const roomInMs = this.#roomAtMs() - nowMs;
    if (roomInMs > 0) return roomInMs;
    this.#roll(nowMs);
    return missing() > 0 && this.#outstanding() > 0 ? UNTOLD_RESET_MS : 0;
  }

  /** How long it will be until `amount` is taken after `ahead` units. */
  estimateMs(amount: number, ahead: number, nowMs: number): number {
    const missing = ahead + amount - this.available(nowMs);
    if (missing <= 0) return 0;
    if (this.#isFull()) return missing / this.#ratePerMs;
    const untilRoomMs = Math.max(0, this.#roomAtMs() - nowMs);
    const windows = Math.max(0, Math.ceil(missing / (this.#limit ?? missing)) - 1);
    return untilRoomMs + windows * this.#longestResetMs;
  }

  /** What could be taken now, which may be less than nothing; `Infinity`: any amount. */
  available(nowMs: number): number {
    return this.#leftAt(nowMs) - this.#outstanding() - this.#unseen;
  }

  /** Whether what was told does not hold any more. */
  isFresh(nowMs: number): boolean {
    return nowMs >= this.#roomAtMs();
  }

  #leftAt(nowMs: number): number {
    const { left = Number.POSITIVE_INFINITY, atMs } = this.#basis;
    if (!this.#isFull()) return left;
    return Math.min(this.#limit ?? left, left + this.#ratePerMs * (nowMs - atMs));
  }

  #isFull(): boolean {
    return this.#shape === 'full' && this.#ratePerMs > 0;
  }

  #roomAtMs(): number {
    return this.#basis.resetAtMs ?? this.#basis.atMs + UNTOLD_RESET_MS;
  }

  /** The window is over by its own word: it is full again, which one attempt is to confirm. */
  #roll(nowMs: number): void {
    this.#basis = {
      left: this.#limit,
      atMs: nowMs,
      heardAtMs: this.#roomAtMs(),
      resetAtMs: undefined,
      serverResetAtMs: undefined,
    };
    this.#unseen = 0;
    this.#isConfirmed = false;
  }

  #confirm(): void {
    this.#isConfirmed = true;
    this.#triedAtMs = undefined;
  }

  #isLaterWindow(resetAtMs: number | undefined, nowMs: number): boolean {
    const before = this.#basis.resetAtMs;
    if (this.#shape === 'full' || resetAtMs === undefined) return false;
    return before === undefined
      ? resetAtMs > nowMs + SAME_WINDOW_MS
      : resetAtMs > before + SAME_WINDOW_MS && nowMs > before - SAME_WINDOW_MS;
  }

  #isEarlierWindow(resetAtMs: number | undefined): boolean {
    const before = this.#basis.resetAtMs ?? this.#basis.atMs;
    return this.#shape === 'window' && (resetAtMs ?? before) < before - SAME_WINDOW_MS;
  }

  /**
   * A window ends when it ends, whatever is used of it. A bucket is full the later the more is used, and
   * refills before that.
   */
  #noticeShape(told: Told, isNewer: boolean, nowMs: number): void {
    const { left, resetAtMs } = this.#basis;
    const { remaining } = told;
    if (this.#shape === 'full' || told.limit !== this.#limit) return;
    if (left === undefined || remaining === undefined || resetAtMs === undefined) return;
    const isRunning = nowMs < resetAtMs - SAME_WINDOW_MS;
    const isRefilled = isRunning && isNewer && this.unit === 'requests' && remaining > left;
    if (isRefilled || (remaining < left && this.#hasMoved(told))) this.#shape = 'full';
  }

  /** Whether the server named another end of a window before that was over by its own clock. */
  #hasMoved({ resetAtMs = 0, resetMs = 0 }: Told): boolean {
    const { serverResetAtMs = 0 } = this.#basis;
    const serverNowMs = resetAtMs - resetMs;
    return resetAtMs > serverResetAtMs && serverNowMs + DATE_STEP_MS <= serverResetAtMs;
  }

  /** What is used comes back until the reset. */
  #noticeRate({ remaining = 0, resetMs = 0 }: Told): void {
    const used = (this.#limit ?? 0) - remaining;
    if (used > 0 && resetMs > 0) this.#ratePerMs = used / resetMs;
  }
}
