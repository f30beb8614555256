import { decimalMs, goDurationMs, LONGEST_WAIT_MS } from './duration.js';
import type { ErrorBody } from './error-body.js';
import { isRecord, valuesAt } from './json-place.js';
import { parseReset } from './reset-value.js';

/** A wait that a body names. */
export interface BodyDelay {
  /** Whole milliseconds in (0, 2^53). */
  readonly waitMs: number;
  /** What named it, in words. */
  readonly source: 'its body' | 'its message';
}

type Reader = (value: unknown, serverNowMs: number) => number | undefined;

/** Seconds as a number, fractions allowed, or as text. */
const seconds: Reader = (value) => {
  if (typeof value === 'string') return decimalMs(value, 's');
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  return decimalMs(String(value), 's') ?? Math.min(Math.ceil(value * 1_000), LONGEST_WAIT_MS);
};

const milliseconds: Reader = (value) => {
  const ms = seconds(value, 0);
  return ms === undefined ? undefined : Math.ceil(ms / 1_000);
};

/** Protobuf's duration in JSON: text with up to nine decimals, or an object. */
const duration: Reader = (value) => {
  if (typeof value === 'string') return goDurationMs(value);
  if (!isRecord(value)) return undefined;
  const whole = seconds(value.seconds ?? 0, 0);
  const nanos = typeof value.nanos === 'number' ? Math.ceil(value.nanos / 1e6) : 0;
  return whole === undefined || !(nanos >= 0) ? undefined : whole + nanos;
};

const moment: Reader = (value, serverNowMs) =>
  typeof value === 'string' || typeof value === 'number'
    ? parseReset(String(value), serverNowMs)
    : undefined;

/** Shopify's GraphQL: what the query costs above what is left, at the rate at which it comes back. */
const cost: Reader = (value) => {
  const of = (place: string) => {
    const [found] = valuesAt(value, place);
    return typeof found === 'number' && found >= 0 ? found : Number.NaN;
  };
  const lacking = of('requestedQueryCost') - of('throttleStatus.currentlyAvailable');
  const waitSeconds = lacking / of('throttleStatus.restoreRate');
  return waitSeconds > 0 ? seconds(waitSeconds, 0) : undefined;
};

const PLACES: readonly (readonly [string, Reader])[] = [
  ['error.details[].retryDelay', duration],
  ['error.availability.retry_after', seconds],
  ['error.metadata.retry_after', seconds],
  ['error.retry_after', seconds],
  ['retry_after', seconds],
  ['error.retry_after_ms', milliseconds],
  ['retry_after_ms', milliseconds],
  ['extensions.cost', cost],
];

const RENEWALS: readonly (readonly [string, Reader])[] = [
  ['error.metadata.resets_at', moment],
  ['error.resets_at', moment],
];

const AGAIN = /\b(?:try again|retry|wait)(?: again)?(?: in| after| for)? (?=\d)/gi;
const GO_DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h)){1,4}(?![a-z0-9])/i;
const AMOUNT = /^(\d+(?:\.\d+)?) ?(milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?)\b/i;
const UNIT_MS: Readonly<Record<string, number>> = {
  mil: 1,
  sec: 1_000,
  min: 60_000,
  hou: 3_600_000,
  day: 86_400_000,
};
/** UTF-16 units of a message in which a wait stands. */
const MOST_AMOUNT = 40;

/**
 * Reads the wait that an error body names, where no header does: Google's `RetryInfo.retryDelay`,
 * `retry_after` in seconds, `resets_at`, Shopify's query cost, or a message such as `try again in
 * 7.66s` (OpenAI, Groq) and `Retry after 34 seconds` (flex.ai, Azure).
 */
export function readBodyDelay(body: ErrorBody, serverNowMs: number): BodyDelay | undefined {
  const told = readFirst(body, PLACES, serverNowMs) ?? readRenewal(body, serverNowMs);
  if (told !== undefined) return { waitMs: told, source: 'its body' };
  const waitMs = readMessage(body.message);
  return waitMs > 0 ? { waitMs, source: 'its message' } : undefined;
}

/** Reads the milliseconds until an allowance is renewed, `resets_at` (OpenRouter); above 0. */
export function readRenewal(body: ErrorBody, serverNowMs: number): number | undefined {
  return readFirst(body, RENEWALS, serverNowMs);
}

function readFirst(
  { roots }: ErrorBody,
  places: readonly (readonly [string, Reader])[],
  serverNowMs: number,
): number | undefined {
  for (const root of roots) {
    for (const [place, read] of places) {
      for (const value of valuesAt(root, place)) {
        const waitMs = read(value, serverNowMs);
        if (waitMs !== undefined && waitMs > 0) return waitMs;
      }
    }
  }
  return undefined;
}

function readMessage(message: string): number {
  for (const { 0: found, index } of message.matchAll(AGAIN)) {
    const start = index + found.length;
    const rest = message.slice(start, start + MOST_AMOUNT);
    const go = GO_DURATION.exec(rest)?.[0];
    if (go !== undefined) return goDurationMs(go.toLowerCase()) ?? 0;
    const [, amount, unit = ''] = AMOUNT.exec(rest) ?? [];
    const unitMs = UNIT_MS[unit.slice(0, 3).toLowerCase()];
    if (unitMs !== undefined) return Math.min(Math.ceil(Number(amount) * unitMs), LONGEST_WAIT_MS);
  }
  return 0;
}
