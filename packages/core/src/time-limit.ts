import type { Clock } from './clock.js';

/** A time limit on one attempt. */
export interface TimeLimit {
  /** Aborted by the caller's signal or by the limit; it stays linked until nobody holds it. */
  readonly signal: AbortSignal;
  /** Whether the limit ran out. */
  expired(): boolean;
  /** Gives what `running` gives, or rejects as soon as the limit runs out. */
  race<T>(running: PromiseLike<T>, discard: (late: T) => void): Promise<T>;
  /** Ends the limit, once the attempt is over. */
  stop(): void;
}

type LimitOption = 'deadlineMs' | 'attemptTimeoutMs';

/** What a limit that runs out rejects with, as `AbortSignal.timeout` gives. */
export function timeoutError(option: LimitOption): DOMException {
  return new DOMException(`${option} ran out`, 'TimeoutError');
}

/**
 * Starts a limit of `ms` milliseconds. When it runs out, `signal` aborts with a `DOMException` named
 * `TimeoutError`, as `AbortSignal.timeout` gives.
 */
export function startTimeLimit(
  clock: Clock,
  ms: number,
  option: LimitOption,
  callerSignal: AbortSignal | null | undefined,
): TimeLimit {
  const controller = new AbortController();
  const own = controller.signal;
  const cancel = clock.setTimer(() => {
    controller.abort(timeoutError(option));
  }, ms);
  return {
    signal: callerSignal ? AbortSignal.any([callerSignal, own]) : own,
    expired: () => own.aborted,
    race(running, discard) {
      return new Promise((resolve, reject) => {
        own.addEventListener('abort', () => reject(own.reason), { once: true });
        running.then((value) => (own.aborted ? discard(value) : resolve(value)), reject);
      });
    },
    stop: cancel,
  };
}
