import TinyQueue from 'tinyqueue';
import { onAbort } from '../abort.js';
import type { Clock } from '../clock.js';

/** A call that waits. It has its place in the line itself, and keeps it for a while after it has left. */
export abstract class Waiting<End> {
  /** The older call, the one with the smaller number, goes first. */
  abstract readonly number: number;
  /** Until when it may wait, by the monotonic clock; may be `Infinity`. */
  abstract readonly limitAtMs: number;
  abstract readonly signal: AbortSignal | null | undefined;
  /** For the line alone. */
  isWaiting = false;
  /** For the line alone: lets go of what could end the wait from outside. */
  release: (() => void) | undefined = undefined;
  /** Is told once, when it has left the line, which is not to be called from here. */
  abstract tell(end: End): void;
  /** What it gets when it is aborted. */
  abstract aborted(): End;
  /** What it gets when its limit is reached. */
  abstract expired(): End;
}

/** Calls that wait, the oldest first. Each leaves once: when it is let go, aborted or out of time. */
export class WaitingLine<End, Caller extends Waiting<End> = Waiting<End>> {
  readonly #clock: Clock;
  readonly #onLeave: (waiting: Caller) => void;
  readonly #compare: (one: Caller, other: Caller) => number;
  #places: TinyQueue<Caller>;
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
    let first = this.#places.peek();
    while (first !== undefined && !first.isWaiting) {
      this.#places.pop();
      first = this.#places.peek();
    }
    return first;
  }

  /** Waits in line. */
  join(waiting: Caller): void {
    waiting.isWaiting = true;
    this.#places.push(waiting);
    this.#length++;
    if (waiting.signal || waiting.limitAtMs < Number.POSITIVE_INFINITY) this.#watch(waiting);
  }

  /** Lets the first one go. */
  shift(end: End): void {
    this.take()?.tell(end);
  }

  /** Takes the first one out, which whoever took it has to tell. */
  take(): Caller | undefined {
    if (this.first === undefined) return undefined;
    const first = this.#places.pop();
    if (first !== undefined) this.#remove(first);
    return first;
  }

  /** Lets the last one go: it would have been let go after all others. Gives it. */
  pop(end: End): Caller | undefined {
    const last = this.#here().reduce<Caller | undefined>(
      (late, each) => (late === undefined || this.#compare(late, each) < 0 ? each : late),
      undefined,
    );
    if (last !== undefined) this.#leave(last, end);
    return last;
  }

  /** Lets all go whose limit is at `limitAtMs` or before. */
  drop(limitAtMs: number, end: (waiting: Caller) => End): void {
    if (limitAtMs < this.#firstLimitAtMs) return;
    this.sweep((waiting) => (waiting.limitAtMs <= limitAtMs ? end(waiting) : undefined));
  }

  /** Lets all go that `end` has an end for. */
  sweep(end: (waiting: Caller) => End | undefined): void {
    const all = this.#here().map((waiting) => ({ waiting, ended: end(waiting) }));
    const kept = all.filter(({ ended }) => ended === undefined).map(({ waiting }) => waiting);
    this.#places = this.#queueOf(kept);
    this.#firstLimitAtMs = kept.reduce(
      (first, waiting) => Math.min(first, waiting.limitAtMs),
      Number.POSITIVE_INFINITY,
    );
    for (const { waiting, ended } of all) if (ended !== undefined) this.#leave(waiting, ended);
  }

  #here(): Caller[] {
    return this.#places.data.filter(({ isWaiting }) => isWaiting);
  }

  #queueOf(places: Caller[]): TinyQueue<Caller> {
    return new TinyQueue(places, this.#compare);
  }

  /** It leaves by itself when it is aborted or out of time. */
  #watch(waiting: Caller): void {
    const { signal, limitAtMs } = waiting;
    const forget = signal && onAbort(signal, () => this.#quit(waiting, waiting.aborted()));
    waiting.release = forget ?? undefined;
    if (limitAtMs === Number.POSITIVE_INFINITY) return;
    this.#firstLimitAtMs = Math.min(this.#firstLimitAtMs, limitAtMs);
    const leftMs = Math.max(0, limitAtMs - this.#clock.monotonic());
    const stop = this.#clock.setTimer(() => this.#quit(waiting, waiting.expired()), leftMs);
    waiting.release = () => {
      stop();
      forget?.();
    };
  }

  #quit(waiting: Caller, end: End): void {
    this.#leave(waiting, end);
    this.#onLeave(waiting);
  }

  #leave(waiting: Caller, end: End): void {
    if (!waiting.isWaiting) return;
    this.#remove(waiting);
    waiting.tell(end);
  }

  #remove(waiting: Caller): void {
    waiting.isWaiting = false;
    waiting.release?.();
    this.#length--;
    this.#tidy();
  }

  /** Those that have gone by themselves are not kept for long: they are never most of the line. */
  #tidy(): void {
    if (this.#length === 0) this.#firstLimitAtMs = Number.POSITIVE_INFINITY;
    if (this.#length * 2 >= this.#places.length) return;
    this.#places = this.#queueOf(this.#here());
  }
}

function byAge(one: { readonly number: number }, other: { readonly number: number }): number {
  return one.number - other.number;
}
