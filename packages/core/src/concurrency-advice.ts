import type { ProviderProfile } from './profile.js';

/**
 * How many calls a provider advises to have under way at once, 1 or more.
 *
 * @param requestsPerMinute what its limit allows
 * @returns `undefined` when it advises nothing
 */
export function adviseConcurrency(
  { inFlightShare }: ProviderProfile,
  requestsPerMinute: number,
): number | undefined {
  if (inFlightShare === undefined || !(requestsPerMinute >= 0)) return undefined;
  // Rounded first: a sixtieth of 300 is 5, but 300 * (1 / 60) may be less.
  return Math.max(1, Math.floor(Number((requestsPerMinute * inFlightShare).toFixed(6))));
}
