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

/** The place of a call in the line. It stays after the call has left, until it comes to the front. */
class Place<End, Caller extends Waiting<End>> {
  readonly waiting: Caller;
  readonly resolve: (end: End) => void;
  stopTimer: (() => void) | undefined = undefined;
  forget: (() => void) | undefined = undefined;
  left = false;

  constructor(waiting: Caller, resolve: (end: End) => void) {
    this.waiting = waiting;
    this.resolve = resolve;
  }
}

/** Calls that wait, the oldest first. Each leaves once: when it is let go, aborted or out of time. */
export class WaitingLine<End, Caller extends Waiting<End> = Waiting<End>> {
  readonly #clock: Clock;
  readonly #onLeave: (waiting: Caller) => void;
  #places = queueOf<End, Caller>([]);
  #length = 0;
  #firstLimitAtMs = Number.POSITIVE_INFINITY;

  /** @param onLeave is told when one has left by itself, aborted or out of time */
  constructor(clock: Clock, onLeave: (waiting: Caller) => void) {
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

  /** Who goes next. */
  get first(): Caller | undefined {
    let place = this.#places.peek();
    while (place?.left) {
      this.#places.pop();
      place = this.#places.peek();
    }
    return place?.waiting;
  }

  /** Waits in line. */
  join(waiting: Caller): Promise<End> {
    return new Promise((resolve) => {
      const { limitAtMs, signal, ends } = waiting;
      const place = new Place(waiting, resolve);
      this.#places.push(place);
      this.#length++;
      this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, limitAtMs);
      if (signal) place.forget = onAbort(signal, () => this.#quit(place, ends.aborted));
      if (limitAtMs < Number.POSITIVE_INFINITY) {
        const leftMs = Math.max(0, limitAtMs - this.#clock.monotonic());
        place.stopTimer = this.#clock.setTimer(() => this.#quit(place, ends.expired()), leftMs);
      }
    });
  }

  /** Lets the first one go. */
  shift(end: End): void {
    if (this.first === undefined) return;
    const place = this.#places.pop();
    if (place !== undefined) this.#leave(place, end);
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: (waiting: Caller) => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    const waiting = this.#places.data.filter(({ left }) => !left);
    const kept = waiting.filter((place) => place.waiting.limitAtMs > limitAtMs);
    this.#places = queueOf(kept);
    this.#firstLimitAtMs = kept.reduce(
      (first, place) => Math.min(first, place.waiting.limitAtMs),
      Number.POSITIVE_INFINITY,
    );
    for (const place of waiting) {
      if (place.waiting.limitAtMs <= limitAtMs) this.#leave(place, end(place.waiting));
    }
  }

  #quit(place: Place<End, Caller>, end: End): void {
    this.#leave(place, end);
    this.#onLeave(place.waiting);
  }

  #leave(place: Place<End, Caller>, end: End): void {
    place.stopTimer?.();
    place.forget?.();
    place.left = true;
    this.#length--;
    this.#tidy();
    place.resolve(end);
  }

  /** Those that have gone by themselves are not kept for long: they are never most of the line. */
  #tidy(): void {
    if (this.#length === 0) this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
    if (this.#length * 2 >= this.#places.length) return;
    this.#places = queueOf(this.#places.data.filter(({ left }) => !left));
  }
}

function queueOf<End, Caller extends Waiting<End>>(
  places: Place<End, Caller>[],
): TinyQueue<Place<End, Caller>> {
  return new TinyQueue(places, (one, other) => one.waiting.number - other.waiting.number);
}
