import type { HeaderSource } from '../facts.js';
import { readHeader } from './headers.js';
import { type RateLimit, readRateLimitFamilies } from './rate-limit-family.js';
import { readRateLimitField } from './rate-limit-field.js';
import { serverNow } from './server-now.js';

export type { RateLimit } from './rate-limit-family.js';

/**
 * Reads every limit that an answer tells of. Dates are measured against the answer's own `Date`. An
 * answer from a cache (`Age` above 0) tells of the past and gives none.
 *
 * @param nowMs when the answer came, in Unix milliseconds
 */
export function readRateLimits(
  headers: HeaderSource | undefined,
  nowMs: number,
): readonly RateLimit[] {
  if (Number(readHeader(headers, 'age')) > 0) return [];
  return [
    ...readRateLimitField(headers),
    ...readRateLimitFamilies(headers, serverNow(headers, nowMs)),
  ];
}

/**
 * The wait that resets tell: the longest one among the buckets that are empty.
 *
 * @param shape `window`: the whole reset; `full`: the bucket is full again at the reset, so one unit
 *   of it is back after the reset divided by what is used
 * @returns whole milliseconds above 0 and the header that told them; `undefined` when no empty bucket
 *   tells its reset
 */
export function toldByReset(
  limits: readonly RateLimit[],
  shape: 'window' | 'full',
): { readonly waitMs: number; readonly source: string } | undefined {
  let told: { waitMs: number; source: string } | undefined;
  for (const { source, limit = 0, remaining, resetMs = 0 } of limits) {
    if (remaining !== 0) continue;
    // It is empty, so all of its limit is used.
    const waitMs = shape === 'full' && limit > 0 ? Math.ceil(resetMs / limit) : resetMs;
    if (waitMs > (told?.waitMs ?? 0)) told = { waitMs, source };
  }
  return told;
}
