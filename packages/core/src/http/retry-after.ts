import type { HeaderSource } from '../facts.js';
import { decimalMs, waitUntil } from './duration.js';
import { readHeader } from './headers.js';
import { parseHttpDate } from './http-date.js';
import { toPrintable } from './printable.js';
import { serverNow } from './server-now.js';

/** What a server said about when to come back. */
export interface RetryAfter {
  /** The wait from the answer on: whole milliseconds in [0, 2^53). Absent: no valid one was told. */
  readonly waitMs?: number;
  /** The header that told it, in lower case. */
  readonly source?: string;
  /** The server asks for no retry (gRPC proposal A6). */
  readonly doNotRetry?: true;
  /** Headers that were there and made no sense, as `name: value`, printable and cut. */
  readonly malformed: readonly string[];
}

/** In the order of trust: the finer unit is the newer header, and names the same wait. */
const WAITS = [
  { name: 'retry-after-ms', unit: 'ms' },
  { name: 'x-ms-retry-after-ms', unit: 'ms' },
  { name: 'retry-after', unit: 's' },
  { name: 'x-amz-retry-after', unit: 'ms' },
] as const;
const PUSHBACK = 'grpc-retry-pushback-ms';

/** UTF-16 units of a malformed value that are kept. */
const MOST_KEPT = 64;

/** A comma between joined values has a space behind it; the one behind a day's name joins nothing. */
const JOINT = /(?<!\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*),\s+/;

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3) and its relatives in milliseconds: OpenAI's
 * `retry-after-ms`, Azure's `x-ms-retry-after-ms`, AWS's `x-amz-retry-after`, gRPC's pushback. The
 * first that names a wait holds. A date is measured against the answer's own `Date`; a past one is 0.
 *
 * @param nowMs when the answer came, in Unix milliseconds
 * @returns `undefined` when none of these headers is there
 */
export function readRetryAfter(
  headers: HeaderSource | undefined,
  nowMs: number,
): RetryAfter | undefined {
  const malformed: string[] = [];
  const told = readFirst(headers, nowMs, malformed);
  const pushback = readHeader(headers, PUSHBACK);
  if (pushback === undefined) {
    return told !== undefined || malformed.length > 0 ? { ...told, malformed } : undefined;
  }
  // A whole number or nothing: gRPC takes everything else, two values included, for a no.
  const waitMs = /^\d+$/.test(pushback) ? decimalMs(pushback, 'ms') : undefined;
  if (waitMs !== undefined) return { ...(told ?? { waitMs, source: PUSHBACK }), malformed };
  if (!/^-\d+$/.test(pushback)) malformed.push(describe(PUSHBACK, pushback));
  return { ...told, doNotRetry: true, malformed };
}

function readFirst(
  headers: HeaderSource | undefined,
  nowMs: number,
  malformed: string[],
): { waitMs: number; source: string } | undefined {
  const now = serverNow(headers, nowMs);
  let noWait: { waitMs: number; source: string } | undefined;
  for (const { name, unit } of WAITS) {
    const text = readHeader(headers, name);
    if (text === undefined) continue;
    const waitMs = readLongest(text, unit, now);
    if (waitMs === undefined) malformed.push(describe(name, text));
    else if (waitMs > 0) return { waitMs, source: name };
    else noWait ??= { waitMs, source: name };
  }
  return noWait;
}

/** The longest of several joined values; `undefined` when one of them is malformed. */
function readLongest(text: string, unit: 'ms' | 's', now: number): number | undefined {
  let longest: number | undefined;
  for (const part of text.split(JOINT)) {
    const waitMs = decimalMs(part, unit) ?? (unit === 's' ? readDate(part, now) : undefined);
    if (waitMs === undefined) return undefined;
    longest = Math.max(longest ?? 0, waitMs);
  }
  return longest;
}

function readDate(text: string, now: number): number | undefined {
  const atMs = parseHttpDate(text, now);
  return atMs === undefined ? undefined : waitUntil(atMs, now);
}

function describe(name: string, value: string): string {
  return `${name}: ${toPrintable(value, MOST_KEPT)}`;
}
