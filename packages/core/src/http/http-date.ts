import { type CivilTime, civilMs, matchCivilTime } from './civil-time.js';

const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const MONTH = '(?<month>[A-Z][a-z]{2})';
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY_NAME = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';

const IMF_FIXDATE = new RegExp(
  `^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`,
);
const RFC850_DATE = new RegExp(
  `^${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`,
);
const ASCTIME_DATE = new RegExp(
  `^${DAY_NAME} ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`,
);

/**
 * Reads an HTTP-date in the three forms of RFC 9110, section 5.6.7. It is strict about everything
 * but the day of the week, which may be a wrong one.
 *
 * @param nowMs the present in Unix milliseconds, which decides the century of a two-digit year
 * @returns Unix milliseconds, a whole number of seconds; `undefined` for anything else
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const time = matchCivilTime(IMF_FIXDATE, text) ?? matchCivilTime(ASCTIME_DATE, text);
  if (time !== undefined) return civilMs(time);
  const short = matchCivilTime(RFC850_DATE, text);
  return short && withCentury(short, nowMs);
}

/** The latest year with these two digits that is not more than 50 years ahead. */
function withCentury(time: CivilTime, nowMs: number): number | undefined {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  const farthest = now.setUTCFullYear(year + 50);
  const century = year - (year % 100);
  for (const start of [century + 100, century, century - 100]) {
    const ms = civilMs({ ...time, year: String(start + Number(time.year)) });
    if (ms !== undefined && ms <= farthest) return ms;
  }
  return undefined;
}
