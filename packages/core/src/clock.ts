import { onAbort } from './abort.js';

/**
 * The only source of time. Everything that waits or measures is given one, so that tests never
 * sleep; `systemClock` is the real one.
 */
export interface Clock {
  /** The wall clock: milliseconds since the Unix epoch. It may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. Durations are measured with it. */
  monotonic(): number;
  /** Calls `callback` once, not before `ms` milliseconds have passed. Returns the cancellation. */
  setTimer(callback: () => void, ms: number): () => void;
}

/** What `setTimeout` can hold; a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(callback: () => void, ms: number): () => void {
    const due = performance.now() + ms;
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      // Timers may fire up to a millisecond early, and a told wait is never shortened.
      const left = due - performance.now();
      timer = setTimeout(
        () => (due - performance.now() > 0 ? arm() : callback()),
        Math.min(Math.max(0, Math.ceil(left)), LONGEST_TIMER_MS),
      );
    };
    arm();
    return () => clearTimeout(timer);
  },
});

/** Resolves when the event loop has had a turn, whatever the time is. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/**
 * Resolves after `ms` milliseconds of `clock`. An abort rejects at once with `signal.reason` itself
 * and leaves neither a timer nor a listener behind.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let cancel: (() => void) | undefined;
    const forget =
      signal &&
      onAbort(signal, () => {
        cancel?.();
        reject(signal.reason);
      });
    cancel = clock.setTimer(() => {
      forget?.();
      resolve();
    }, ms);
  });
}
