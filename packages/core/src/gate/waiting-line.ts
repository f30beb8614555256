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

/** A place in the line, which is a ring: the head stands before the first and behind the last. */
interface Place<End> {
  readonly number: number;
  readonly limitAtMs: number;
  readonly leave: (end: End) => void;
  before: Place<End>;
  behind: Place<End>;
}

/** Calls that wait, the oldest first. Each leaves once: when it is let go, aborted or out of time. */
export class WaitingLine<End> {
  readonly #clock: Clock;
  readonly #head: Place<End>;
  readonly #onLeave: () => void;
  #length = 0;
  #firstLimitAtMs = Number.POSITIVE_INFINITY;

  /** @param onLeave is told when one has left by itself, aborted or out of time */
  constructor(clock: Clock, onLeave: () => void) {
    this.#clock = clock;
    this.#onLeave = onLeave;
    const nobody = { number: 0, limitAtMs: Number.POSITIVE_INFINITY, leave: () => {} };
    const head: Partial<Place<End>> = nobody;
    head.before = head as Place<End>;
    head.behind = head as Place<End>;
    this.#head = head as Place<End>;
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
        this.#remove(place);
        resolve(end);
      };
      const quit = (end: End) => {
        leave(end);
        this.#onLeave();
      };
      const forget = signal ? onAbort(signal, () => quit(ends.aborted)) : undefined;
      const place = this.#insert({ number, limitAtMs, leave });
      const leftMs = Math.max(0, limitAtMs - this.#clock.monotonic());
      if (Number.isFinite(leftMs)) {
        stopTimer = this.#clock.setTimer(() => quit(ends.expired()), leftMs);
      }
    });
  }

  /** Lets the first one go. */
  shift(end: End): void {
    if (this.#length > 0) this.#head.behind.leave(end);
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: () => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
    for (let place = this.#head.behind; place !== this.#head; place = place.behind) {
      if (place.limitAtMs <= limitAtMs) place.leave(end());
      else this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, place.limitAtMs);
    }
  }

  /** New calls belong at the end, and those that come back mostly before all others. */
  #insert(given: Pick<Place<End>, 'number' | 'limitAtMs' | 'leave'>): Place<End> {
    let behind = this.#head;
    if (this.#length > 0 && given.number < this.#head.before.number) {
      do behind = behind.behind;
      while (behind.number < given.number);
    }
    const place: Place<End> = { ...given, before: behind.before, behind };
    behind.before.behind = place;
    behind.before = place;
    this.#length++;
    this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, given.limitAtMs);
    return place;
  }

  #remove({ before, behind }: Place<End>): void {
    before.behind = behind;
    behind.before = before;
    this.#length--;
    if (this.#length === 0) this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
  }
}
