/** The longest wait that is reported, in milliseconds; whatever is longer counts as this. */
export const LONGEST_WAIT_MS = Number.MAX_SAFE_INTEGER;

const DECIMAL = /^(\d+)(?:\.(\d*))?$/;

/** Go prints `µs` in UTF-8, which `Headers` reads as Latin-1: both mus, in both readings. */
const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u00c2\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  '\u00ce\u00bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const UNIT = Object.keys(NANOSECONDS).join('|');
const GO_DURATION = new RegExp(`^(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:${UNIT}))+$`);
const GO_PART = new RegExp(`(\\d*)(?:\\.(\\d*))?(${UNIT})`, 'g');

/** Decimals that count; whatever is behind them only rounds up. */
const FRACTION_DIGITS = 20;
/** Digits before the point that count; with more of them the wait is the longest one anyway. */
const WHOLE_DIGITS = 40;
const TICKS_PER_MS = 10n ** BigInt(FRACTION_DIGITS) * 1_000_000n;

/**
 * Reads a number of digits with an optional fraction, such as `34`, `2.0` or `0.314`. RFC 9110 allows
 * whole seconds only, but fractions are seen live.
 *
 * @param unit what the number counts
 * @returns whole milliseconds in [0, 2^53), rounded up without the errors of binary fractions
 */
export function decimalMs(text: string, unit: 'ms' | 's'): number | undefined {
  const match = DECIMAL.exec(text);
  return match === null ? undefined : toMs(toTicks(match[1], match[2], unit));
}

/**
 * Reads a duration as Go's `time.Duration` prints it, such as `6m0s`, `2m59.56s` or `120ms`
 * (OpenAI, Groq); protobuf's `45.837906927s` (Google) is one of them.
 *
 * @returns whole milliseconds in [0, 2^53), rounded up; `undefined` for a signed one or another text
 */
export function goDurationMs(text: string): number | undefined {
  if (!GO_DURATION.test(text)) return undefined;
  let ticks = 0n;
  for (const [, whole, fraction, unit] of text.matchAll(GO_PART)) {
    ticks += toTicks(whole, fraction, unit);
  }
  return toMs(ticks);
}

/** The wait from `nowMs` until `atMs`: whole milliseconds in [0, 2^53), rounded up, 0 for the past. */
export function waitUntil(atMs: number, nowMs: number): number {
  const waitMs = Math.ceil(atMs - nowMs);
  return waitMs > 0 ? Math.min(waitMs, LONGEST_WAIT_MS) : 0;
}

function toTicks(whole = '', fraction = '', unit = ''): bigint {
  const digits = whole.replace(/^0+/, '');
  const counted = digits.length > WHOLE_DIGITS ? '9'.repeat(WHOLE_DIGITS) : digits;
  const decimals = fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  const rest = /[1-9]/.test(fraction.slice(FRACTION_DIGITS)) ? 1n : 0n;
  return (BigInt(counted + decimals) + rest) * (NANOSECONDS[unit] ?? 0n);
}

function toMs(ticks: bigint): number {
  const ms = (ticks + TICKS_PER_MS - 1n) / TICKS_PER_MS;
  return ms > BigInt(LONGEST_WAIT_MS) ? LONGEST_WAIT_MS : Number(ms);
}
