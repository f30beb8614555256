import TinyQueue from 'tinyqueue';
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
  readonly number: number;
  readonly limitAtMs: number;
  readonly leave: (end: End) => void;
  /** Whether it has gone; its place stays until it comes to the front. */
  left: boolean;
}

/** Calls that wait, the oldest first. Each leaves once: when it is let go, aborted or out of time. */
export class WaitingLine<End> {
  readonly #clock: Clock;
  readonly #onLeave: () => void;
  #places = queueOf<End>([]);
  #length = 0;
  #firstLimitAtMs = Number.POSITIVE_INFINITY;

  /** @param onLeave is told when one has left by itself, aborted or out of time */
  constructor(clock: Clock, onLeave: () => void) {
    this.#clock = clock;
    this.#onLeave = onLeave;
  }

  get length(): number {
    return this.#length;
  }

  /** The first limit that any of them has, or an earlier one of those that have left. */
  get firstLimitAtMs(): number {
    return this.#firstLimitAtMs;
  }

  /** Waits in line. */
  join({ number, limitAtMs, signal, ends }: Waiting<End>): Promise<End> {
    return new Promise((resolve) => {
      let stopTimer: (() => void) | undefined;
      const leave = (end: End) => {
        stopTimer?.();
        forget?.();
        place.left = true;
        this.#length--;
        this.#tidy();
        resolve(end);
      };
      const quit = (end: End) => {
        leave(end);
        this.#onLeave();
      };
      const forget = signal ? onAbort(signal, () => quit(ends.aborted)) : undefined;
      const place = { number, limitAtMs, leave, left: false };
      this.#places.push(place);
      this.#length++;
      this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, limitAtMs);
      const leftMs = Math.max(0, limitAtMs - this.#clock.monotonic());
      if (Number.isFinite(leftMs)) {
        stopTimer = this.#clock.setTimer(() => quit(ends.expired()), leftMs);
      }
    });
  }

  /** Lets the first one go. */
  shift(end: End): void {
    let first = this.#places.pop();
    while (first?.left) first = this.#places.pop();
    first?.leave(end);
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: () => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    const waiting = this.#places.data.filter(({ left }) => !left);
    const kept = waiting.filter((place) => place.limitAtMs > limitAtMs);
    this.#places = queueOf(kept);
    this.#firstLimitAtMs = kept.reduce(
      (first, place) => Math.min(first, place.limitAtMs),
      Number.POSITIVE_INFINITY,
    );
    for (const place of waiting) if (place.limitAtMs <= limitAtMs) place.leave(end());
  }

  /** Those that have gone by themselves are not kept for long: they are never most of the line. */
  #tidy(): void {
    if (this.#length === 0) this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
    if (this.#length * 2 >= this.#places.length) return;
    this.#places = queueOf(this.#places.data.filter(({ left }) => !left));
  }
}

function queueOf<End>(places: Place<End>[]): TinyQueue<Place<End>> {
  return new TinyQueue(places, (one, other) => one.number - other.number);
}
