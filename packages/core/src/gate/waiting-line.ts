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
  readonly #compare: (one: Caller, other: Caller) => number;
  #places: TinyQueue<Place<End, Caller>>;
  #length = 0;
  #firstLimitAtMs = Number.POSITIVE_INFINITY;

  /**
   * @param onLeave is told when one has left by itself, aborted or out of time
   * @param compare who goes first, where it is not simply the oldest
   */
  constructor(
    clock: Clock,
    onLeave: (waiting: Caller) => void,
    compare: (one: Caller, other: Caller) => number = byAge,
  ) {
    this.#clock = clock;
    this.#onLeave = onLeave;
    this.#compare = compare;
    this.#places = this.#queueOf([]);
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

  /** Lets the last one go: it would have been let go after all others. Gives it. */
  pop(end: End): Caller | undefined {
    const last = this.#here().reduce<Place<End, Caller> | undefined>(
      (late, each) =>
        late === undefined || this.#compare(late.waiting, each.waiting) < 0 ? each : late,
      undefined,
    );
    if (last !== undefined) this.#leave(last, end);
    return last?.waiting;
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: (waiting: Caller) => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    this.sweep((waiting) => (waiting.limitAtMs <= limitAtMs ? end(waiting) : undefined));
  }

  /** Lets all go that `end` has an end for. */
  sweep(end: (waiting: Caller) => End | undefined): void {
    const all = this.#here().map((place) => ({ place, ended: end(place.waiting) }));
    const kept = all.filter(({ ended }) => ended === undefined).map(({ place }) => place);
    this.#places = this.#queueOf(kept);
    this.#firstLimitAtMs = kept.reduce(
      (first, place) => Math.min(first, place.waiting.limitAtMs),
      Number.POSITIVE_INFINITY,
    );
    for (const { place, ended } of all) if (ended !== undefined) this.#leave(place, ended);
  }

  #here(): Place<End, Caller>[] {
    return this.#places.data.filter(({ left }) => !left);
  }

  #queueOf(places: Place<End, Caller>[]): TinyQueue<Place<End, Caller>> {
    return new TinyQueue(places, (one, other) => this.#compare(one.waiting, other.waiting));
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
    this.#places = this.#queueOf(this.#here());
  }
}

function byAge(one: Waiting<unknown>, other: Waiting<unknown>): number {
  return one.number - other.number;
}
