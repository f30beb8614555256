/**
 * What the fake provider needs of a clock. Forbear's own `Clock` fits, and so does any virtual one.
 */
export interface ProviderClock {
  /** The wall clock: milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, not before `ms` milliseconds have passed. Returns the cancellation. */
  setTimer(callback: () => void, ms: number): () => void;
}

/** What `setTimeout` can hold; a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock. */
export const realClock: ProviderClock = Object.freeze({
  now: () => Date.now(),
  setTimer(callback: () => void, ms: number): () => void {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
});

/** The timers of one provider, kept together so that closing it leaves none behind. */
export class Timers {
  readonly #clock: ProviderClock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: ProviderClock) {
    this.#clock = clock;
  }

  /** Like the clock's `setTimer`; a delay of 0 or less calls back at once, without a timer. */
  set(callback: () => void, ms: number): () => void {
    if (ms <= 0) {
      callback();
      return () => {};
    }
    const stop = this.#clock.setTimer(() => {
      this.#cancels.delete(cancel);
      callback();
    }, ms);
    const cancel = () => {
      this.#cancels.delete(cancel);
      stop();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
