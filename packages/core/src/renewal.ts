import type { Renewal } from './profile.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Milliseconds until an allowance is renewed, above 0.
 *
 * @param serverNowMs the server's clock in Unix milliseconds
 */
export function msUntilRenewal(renewal: Renewal, serverNowMs: number): number {
  const now = new Date(serverNowMs);
  if (Number.isNaN(now.getTime())) return DAY_MS;
  switch (renewal) {
    case 'day':
      return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1) - serverNowMs;
    case 'month':
      return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - serverNowMs;
    case 'day-pacific':
      return msUntilPacificMidnight(serverNowMs);
  }
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
  return hours * HOUR_MS + minutes * 60_000 + seconds * 1_000 + (((ms % 1_000) + 1_000) % 1_000);
}
