import { onAbort } from '../abort.js';
import type { Clock } from '../clock.js';

/** A call that waits, and how it is told that the wait is over. */
export interface Waiting<End> {
  /** The older call, the one with the smaller number, goes first. */
  readonly number: number;
  /** Until when it may wait, by the monotonic clock; may be `Infinity`. */
  readonly limitAtMs: number;
  readonly signal: AbortSignal | null | undefined;
  /** What it gets when it is aborted, and when its limit is reached. */
  readonly ends: { readonly aborted: End; expired(): End };
}

interface Place<End> {
  readonly waiting: Waiting<End>;
  readonly leave: (end: End) => void;
}

/** Calls that wait, the oldest first. Each leaves once: when it is let go, aborted or out of time. */
export class WaitingLine<End> {
  readonly #clock: Clock;
  readonly #places: Place<End>[] = [];
  readonly #onLeave: () => void;
  #firstLimitAtMs = Number.POSITIVE_INFINITY;

  /** @param onLeave is told when one has left by itself, aborted or out of time */
  constructor(clock: Clock, onLeave: () => void) {
    this.#clock = clock;
    this.#onLeave = onLeave;
  }

  /** The first limit that any of them has, or an earlier one of those that have left. */
  get firstLimitAtMs(): number {
    return this.#firstLimitAtMs;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Waits in line. */
  join(waiting: Waiting<End>): Promise<End> {
    return new Promise((resolve) => {
      const { limitAtMs, signal, ends } = waiting;
      const leave = (end: End) => {
        stopTimer?.();
        forget?.();
        resolve(end);
      };
      const quit = (end: End) => {
        this.#places.splice(this.#find(place), 1);
        leave(end);
        this.#onLeave();
      };
      const place = { waiting, leave };
      const leftMs = limitAtMs - this.#clock.monotonic();
      const stopTimer = Number.isFinite(leftMs)
        ? this.#clock.setTimer(() => quit(ends.expired()), Math.max(0, leftMs))
        : undefined;
      const forget = signal ? onAbort(signal, () => quit(ends.aborted)) : undefined;
      this.#places.splice(this.#find(place), 0, place);
      this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, limitAtMs);
    });
  }

  /** Lets the first one go. */
  shift(end: End): void {
    this.#places.shift()?.leave(end);
    if (this.#places.length === 0) this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: () => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    const dropped = this.#places.filter(({ waiting }) => waiting.limitAtMs <= limitAtMs);
    const kept = this.#places.filter(({ waiting }) => waiting.limitAtMs > limitAtMs);
    this.#places.splice(0, this.#places.length, ...kept);
    this.#firstLimitAtMs = kept.reduce(
      (first, { waiting }) => Math.min(first, waiting.limitAtMs),
      Number.POSITIVE_INFINITY,
    );
    for (const { leave } of dropped) leave(end());
  }

  /** The index of a place, or where it belongs. */
  #find({ waiting: { number } }: Place<End>): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] as Place<End>).waiting.number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
