import { decimalMs, goDurationMs, waitUntil } from './duration.js';
import { parseTimestamp } from './timestamp.js';

/** From here on a number is Unix milliseconds (September 2001 and later). */
const UNIX_MS_FROM = 1e12;
/** From here on it is Unix seconds; below it seconds to wait, at most 31 years. */
const UNIX_SECONDS_FROM = 1e9;

/**
 * Reads when a limit resets, in every unit that providers use under the same header names: a Go
 * duration (OpenAI, Groq), seconds (Azure, Discord), Unix seconds (flex.ai, GitHub), Unix
 * milliseconds (OpenRouter), RFC 3339 (Anthropic), an HTTP-date, a JavaScript date.
 *
 * @param nowMs what dates are measured against, in Unix milliseconds: `serverNow`
 * @returns the wait in whole milliseconds in [0, 2^53), rounded up, 0 for the past; `undefined` for
 *   anything else, such as the sentinel `-1`
 */
export function parseReset(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  const number = decimalMs(text, 'ms');
  if (number === undefined) {
    const atMs = parseTimestamp(text, nowMs);
    return atMs === undefined ? goDurationMs(text) : waitUntil(atMs, nowMs);
  }
  // Number() only compares; the exact reading is decimalMs's.
  const size = Number(text);
  if (size >= UNIX_MS_FROM) return waitUntil(number, nowMs);
  const asSeconds = decimalMs(text, 's') ?? 0;
  return size >= UNIX_SECONDS_FROM ? waitUntil(asSeconds, nowMs) : asSeconds;
}
