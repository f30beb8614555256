import type { HeaderSource } from '../facts.js';
import type { LimitShape, ProviderLimit } from '../provider-limit.js';
import { readHeader } from './headers.js';
import { type RateLimit, readRateLimitFamilies } from './rate-limit-family.js';
import { readRateLimitField } from './rate-limit-field.js';
import { serverNow } from './server-now.js';

export type { RateLimit } from './rate-limit-family.js';

/**
 * Reads every limit that an answer tells of: those that the provider's profile describes, and others
 * by the names that are common. Dates are measured against the answer's own `Date`. An answer from a
 * cache (`Age` above 0) tells of the past and gives none.
 *
 * @param nowMs when the answer came, in Unix milliseconds
 */
export function readRateLimits(
  headers: HeaderSource | undefined,
  nowMs: number,
  described: readonly ProviderLimit[] = [],
): readonly RateLimit[] {
  if (Number(readHeader(headers, 'age')) > 0) return [];
  return [
    ...readRateLimitField(headers),
    ...readRateLimitFamilies(headers, serverNow(headers, nowMs), described),
  ];
}

/** A wait that a reset tells. */
export interface ToldReset {
  /** Whole milliseconds above 0. */
  readonly waitMs: number;
  /** The header that told it. */
  readonly source: string;
  readonly shape: LimitShape;
}

/**
 * The wait that resets tell: the longest one among the buckets that are empty. Of one that is `full`
 * again at its reset, one unit is back after the reset divided by what is used.
 *
 * @param hit the bucket that the answer was refused for, which counts as empty where no header tells
 *   what is left in it (Together, Anthropic's subscriptions)
 * @returns `undefined` when no empty bucket tells its reset
 */
export function toldByReset(limits: readonly RateLimit[], hit?: string): ToldReset | undefined {
  let told: ToldReset | undefined;
  for (const { source, name, limit = 0, remaining, resetMs = 0, shape = 'window' } of limits) {
    if ((remaining ?? (name === hit ? 0 : 1)) !== 0) continue;
    // It is empty, so all of its limit is used.
    const waitMs = shape === 'full' && limit > 0 ? Math.ceil(resetMs / limit) : resetMs;
    if (waitMs > (told?.waitMs ?? 0)) told = { waitMs, source, shape };
  }
  return told;
}
