import { type CivilTime, civilMs, matchCivilTime } from './civil-time.js';
import { decimalMs } from './duration.js';
import { parseHttpDate } from './http-date.js';

const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const RFC3339 = new RegExp(
  `^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[Tt ]${TIME}(?:\\.(?<fraction>\\d+))?(?<zone>[Zz]|[+-]\\d\\d:\\d\\d)$`,
);
const JS_DATE = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>\\d\\d) (?<year>\\d{4}) ${TIME} GMT(?<zone>[+-]\\d{4})(?: \\(.*\\))?$`,
);
const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/**
 * Reads a date in RFC 3339 (`2026-10-08T20:25:21Z`, Anthropic), as an HTTP-date, or as JavaScript
 * prints one (`Tue Feb 16 2021 09:02:42 GMT+0100 (…)`, lemlist).
 *
 * @param nowMs the present in Unix milliseconds, for the century of a two-digit year
 * @returns Unix milliseconds, rounded up to a whole one; `undefined` for anything else, among them
 *   a date without its offset from UTC
 */
export function parseTimestamp(text: string, nowMs: number): number | undefined {
  const time = matchCivilTime(RFC3339, text) ?? matchCivilTime(JS_DATE, text);
  return withOffset(time) ?? parseHttpDate(text, nowMs);
}

function withOffset(time: CivilTime | undefined): number | undefined {
  if (time === undefined) return undefined;
  const localMs = civilMs(time);
  const offsetMs = parseOffset(time.zone ?? '');
  if (localMs === undefined || offsetMs === undefined) return undefined;
  return localMs + (decimalMs(`0.${time.fraction ?? ''}`, 's') ?? 0) - offsetMs;
}

function parseOffset(zone: string): number | undefined {
  const match = OFFSET.exec(zone);
  if (match === null) return 0;
  const [hours, minutes] = [Number(match[2]), Number(match[3])];
  if (hours > 23 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
