import {
  type HeaderSource,
  momentOfReset,
  type ProviderLimit,
  type RateLimit,
  readHeader,
  readRateLimits,
  serverNow,
} from '@forbear/core';
import type { Unit } from './need.js';
import type { LearntLimit } from './permit-source.js';

/** What a limit counts, by the name that its server gives it. The first that matches holds. */
const UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/(?:input|prompt).?tokens|tokens.{1,16}(?:input|prompt)/, 'input-tokens'],
  [/(?:output|completion|generated).?tokens|tokens.(?:output|generated)/, 'output-tokens'],
  [/token/, 'tokens'],
  [/request|^req\b|^default$/, 'requests'],
];

/** A day, and what clocks are off. A later reset cannot be meant, and nobody would wait for it. */
const MOST_RESET_MS = 25 * 3_600_000;

/**
 * The limits that an answer tells of, as far as what they count is known. One that holds nothing at all
 * is a sentinel.
 *
 * @param nowMs when the answer came, in Unix milliseconds
 * @param known the limits of its server's profile
 */
export function readLimits(
  headers: HeaderSource | undefined,
  nowMs: number,
  known?: readonly ProviderLimit[],
): readonly LearntLimit[] {
  if (headers === undefined) return [];
  return readRateLimits(headers, nowMs, known).flatMap((told) => {
    const unit = unitOf(told);
    if (unit === undefined || told.limit === 0) return [];
    const learnt = { ...toLearnt(told, unit), serverNowMs: serverNow(headers, nowMs) };
    if (told.resetMs === undefined || told.resetMs > MOST_RESET_MS) return [learnt];
    const resetAtMs = momentOfReset(readHeader(headers, told.source) ?? '', nowMs);
    return [{ ...learnt, ...(resetAtMs !== undefined && { resetAtMs }) }];
  });
}

function unitOf({ name, source, unit }: RateLimit): Unit | undefined {
  const said = UNITS.find(([, each]) => each === unit)?.[1];
  if (unit !== undefined) return said;
  const found = UNITS.find(([pattern]) => pattern.test(name))?.[1];
  // The fields of the IETF draft count requests, whatever their policies are called.
  return found ?? (source === 'ratelimit' ? 'requests' : undefined);
}

function toLearnt({ name, limit, remaining, resetMs, shape }: RateLimit, unit: Unit) {
  return {
    unit,
    name,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetMs !== undefined && resetMs <= MOST_RESET_MS && { resetMs }),
    ...(shape && { shape }),
  };
}
