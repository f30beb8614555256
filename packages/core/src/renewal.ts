import type { Renewal } from './profile.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What a `Date` can hold (ECMA-262, 21.4.1.1), less a month. */
const LATEST_MS = 8.64e15 - 31 * DAY_MS;

/**
 * Milliseconds until an allowance is renewed, above 0.
 *
 * @param serverMs the server's clock in Unix milliseconds
 */
export function msUntilRenewal(renewal: Renewal, serverMs: number): number {
  if (!(Math.abs(serverMs) < LATEST_MS)) return DAY_MS;
  // A `Date` drops what is below a millisecond, towards 1970.
  const serverNowMs = Math.floor(serverMs);
  switch (renewal) {
    case 'day':
      return DAY_MS - modulo(serverNowMs, DAY_MS);
    case 'month':
      return msUntilNextMonth(serverNowMs);
    case 'day-pacific':
      return msUntilPacificMidnight(serverNowMs);
  }
}

function msUntilNextMonth(serverNowMs: number): number {
  const now = new Date(serverNowMs);
  const next = new Date(0);
  // `Date.UTC` takes the years up to 99 for others.
  next.setUTCFullYear(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return next.getTime() - serverNowMs;
}

/** On the two days of the year on which the clocks change, the first guess is an hour off. */
function msUntilPacificMidnight(serverNowMs: number): number {
  const guessMs = DAY_MS - msOfPacificDay(serverNowMs);
  const overMs = msOfPacificDay(serverNowMs + guessMs);
  return guessMs - (overMs > DAY_MS / 2 ? overMs - DAY_MS : overMs);
}

/** Milliseconds since midnight in Los Angeles. */
function msOfPacificDay(ms: number): number {
  const time = new Date(ms).toLocaleTimeString('en-GB', { timeZone: 'America/Los_Angeles' });
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * HOUR_MS + minutes * 60_000 + seconds * 1_000 + modulo(ms, 1_000);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
