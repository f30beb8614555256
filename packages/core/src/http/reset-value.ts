import { decimalMs, goDurationMs, waitUntil } from './duration.js';
import { parseTimestamp } from './timestamp.js';

/** From here on a number is Unix milliseconds (September 2001 and later). */
const UNIX_MS_FROM = 1e12;
/** From here on it is Unix seconds; below it seconds to wait, at most 31 years. */
const UNIX_SECONDS_FROM = 1e9;

/**
 * The moment that a reset names: Unix seconds (flex.ai, GitHub), Unix milliseconds (OpenRouter), RFC 3339
 * (Anthropic), an HTTP-date, a JavaScript date.
 *
 * @param nowMs the present in Unix milliseconds, for the century of a two-digit year
 * @returns Unix milliseconds; `undefined` where it names a time from now, or nothing
 */
export function momentOfReset(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  const number = decimalMs(text, 'ms');
  if (number === undefined) return parseTimestamp(text, nowMs);
  // Number() only compares; the exact reading is decimalMs's.
  const size = Number(text);
  if (size >= UNIX_MS_FROM) return number;
  return size >= UNIX_SECONDS_FROM ? (decimalMs(text, 's') ?? 0) : undefined;
}

/**
 * Reads when a limit resets, in every unit that providers use under the same header names: a moment, a
 * Go duration (OpenAI, Groq), or seconds (Azure, Discord).
 *
 * @param nowMs what dates are measured against, in Unix milliseconds: `serverNow`
 * @returns the wait in whole milliseconds in [0, 2^53), rounded up, 0 for the past; `undefined` for
 *   anything else, such as the sentinel `-1`
 */
export function parseReset(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  const atMs = momentOfReset(text, nowMs);
  return atMs === undefined ? (decimalMs(text, 's') ?? goDurationMs(text)) : waitUntil(atMs, nowMs);
}
