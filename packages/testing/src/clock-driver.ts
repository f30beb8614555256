import type { FakeClock } from './fake-clock.js';

/** What a driver must know to tell whether anything but the clock is being waited for. */
export interface DrivenWork {
  /** Requests that clients have under way. */
  inFlight(): number;
  /** How many of them are held by a server that itself waits for the clock. */
  waiting?(): number;
}

/** Turns of the event loop without anything in flight before time may pass. */
const QUIET_TURNS = 20;

/**
 * Lets a fake clock drive real sockets: whenever nothing is in flight for some turns of the event
 * loop, it fires the next timer, so that hours of waits pass in moments. Returns what stops it.
 */
export function driveClock(clock: FakeClock, work: DrivenWork): () => void {
  let quiet = 0;
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    quiet = work.inFlight() > (work.waiting?.() ?? 0) ? 0 : quiet + 1;
    if (quiet >= QUIET_TURNS && clock.fireNext()) quiet = 0;
    // A real turn of the loop each time, so that sockets get their say.
    if (quiet > 0 && quiet % QUIET_TURNS === 0) setTimeout(turn, 1);
    else setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    stopped = true;
  };
}

/** A fetch that counts the calls that have neither an answer nor an error yet. */
export function countInFlight(fetch: typeof globalThis.fetch): {
  readonly fetch: typeof globalThis.fetch;
  inFlight(): number;
} {
  let inFlight = 0;
  return {
    async fetch(input, init) {
      inFlight++;
      try {
        return await fetch(input, init);
      } finally {
        inFlight--;
      }
    },
    inFlight: () => inFlight,
  };
}
