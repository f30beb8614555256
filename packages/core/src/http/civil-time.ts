const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The calendar repeats itself after 400 years. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;

/** The parts of a date as digits; the month may be an English abbreviation. */
export interface CivilTime {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** The digits behind the point of the second. */
  readonly fraction?: string | undefined;
  /** `Z`, or the offset from UTC. Whoever reads it takes it off. */
  readonly zone?: string | undefined;
}

/** The named groups of a date's pattern, if it matched. */
export function matchCivilTime(pattern: RegExp, text: string): CivilTime | undefined {
  return pattern.exec(text)?.groups as CivilTime | undefined;
}

/**
 * Unix milliseconds of a date taken as GMT, without its fraction; `undefined` when there is no such date or time. Second 60 is
 * the first of the next minute, as leap seconds are in POSIX.
 */
export function civilMs(time: CivilTime): number | undefined {
  const year = Number(time.year);
  const month = MONTHS.indexOf(time.month) + 1 || Number(time.month);
  const day = Number(time.day);
  const [hour, minute, second] = [Number(time.hour), Number(time.minute), Number(time.second)];
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 60)) {
    return undefined;
  }
  // A cycle later, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const later = year + CYCLE_YEARS;
  if (day > new Date(Date.UTC(later, month, 0)).getUTCDate()) return undefined;
  const ms = Date.UTC(later, month - 1, day, hour, minute, second) - CYCLE_MS;
  return Number.isNaN(ms) ? undefined : ms;
}
