import type { Clock } from '@forbear/core';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A moment to start at: 2026-11-23T00:00:00Z, in Unix milliseconds. */
const START_MS = Date.UTC(2026, 10, 23);

/** Microtasks that code under test may need between two timers. */
const SETTLING_TURNS = 100;

/** A clock that stands still until it is moved, so that no test ever sleeps. */
export class FakeClock implements Clock {
  readonly #startMs: number;
  /** By the time when they are due, the latest first. */
  readonly #queue: Timer[] = [];
  readonly #pending = new Set<Timer>();
  #elapsedMs = 0;
  #shiftMs = 0;

  /** @param startMs the wall clock at the start, in Unix milliseconds. @default 2026-11-23T00:00:00Z */
  constructor(startMs = START_MS) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs + this.#shiftMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(callback: () => void, ms: number): () => void {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, ms), callback };
    this.#queue.splice(this.#place(timer.dueMs), 0, timer);
    this.#pending.add(timer);
    return () => {
      this.#pending.delete(timer);
    };
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Moves the wall clock alone, as a correction of the system's time would. */
  jump(ms: number): void {
    this.#shiftMs += ms;
  }

  /** Fires the next timer at its time. Returns whether there was one. */
  fireNext(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  /** Lets `ms` milliseconds pass: fires what falls due, in order, and lets its consequences settle. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    await settle();
    for (
      let next = this.#next();
      next !== undefined && next.dueMs <= untilMs;
      next = this.#next()
    ) {
      this.#fire(next);
      await settle();
    }
    this.#elapsedMs = untilMs;
  }

  /**
   * Lets time pass until `work` has settled, and gives what it gives. For work that waits for nothing
   * but this clock.
   *
   * @throws {Error} if nothing is left to wait for
   */
  async run<T>(work: PromiseLike<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    for (;;) {
      await settle();
      if (settled) return work;
      if (this.fireNext()) continue;
      await realTurn();
      await settle();
      if (!settled && this.timers === 0) {
        throw new Error('the work waits, but for no timer of this clock');
      }
    }
  }

  #fire(timer: Timer): void {
    this.#pending.delete(timer);
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    timer.callback();
  }

  #next(): Timer | undefined {
    let next = this.#queue.at(-1);
    while (next !== undefined && !this.#pending.has(next)) {
      this.#queue.pop();
      next = this.#queue.at(-1);
    }
    return next;
  }

  /** Where a timer goes: before those that are due sooner or were set earlier for the same time. */
  #place(dueMs: number): number {
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#queue[middle] as Timer).dueMs > dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A turn of the real event loop, for work that lets others have theirs now and then. */
function realTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) await undefined;
}
