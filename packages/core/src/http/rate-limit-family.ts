import type { HeaderSource } from '../facts.js';
import { headerNames, readHeader } from './headers.js';
import { parseReset } from './reset-value.js';

/** What a server says of one of its limits. */
export interface RateLimit {
  /** The header that the reset was read from, or else the remaining count, or else the limit. */
  readonly source: string;
  /** What the server calls the bucket, such as `requests`; `default` when it has no name. */
  readonly name: string;
  /** What the bucket holds when it is full, 0 or more. */
  readonly limit?: number;
  /** What is left in it, 0 or more. */
  readonly remaining?: number;
  /** The time until it resets: whole milliseconds in [0, 2^53). */
  readonly resetMs?: number;
}

/** The names of one bucket's headers. */
interface Family {
  readonly name: string;
  readonly headers: Partial<Record<string, string>>;
}

/** Without a bucket; then with one behind (OpenAI and its kind), and with one inside (Anthropic). */
const NAMES: readonly RegExp[] = [
  /^(?<prefix>x-ratelimit|x-rate-limit|ratelimit)-(?<field>limit|remaining|reset-after|reset)$/,
  /^(?<prefix>x-ratelimit|x-rate-limit)-(?<field>limit|remaining|reset)-(?<bucket>[a-z0-9_.-]{1,64})$/,
  /^(?<prefix>anthropic-ratelimit)-(?<bucket>[a-z0-9_.-]{1,64})-(?<field>limit|remaining|reset)$/,
];

/** What is asked for where headers cannot be listed. */
const COMMON_NAMES: readonly string[] = ['limit', 'remaining', 'reset'].flatMap((field) => [
  ...['requests', 'tokens'].map((bucket) => `x-ratelimit-${field}-${bucket}`),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
    (bucket) => `anthropic-ratelimit-${bucket}-${field}`,
  ),
  ...['x-ratelimit', 'x-rate-limit', 'ratelimit'].map((prefix) => `${prefix}-${field}`),
]);

const COUNT = /^(-?\d+)\s*(?:[,;].*)?$/;

/**
 * Reads limits that are spread over headers of their own: `x-ratelimit-{limit,remaining,reset}` with
 * or without a bucket (OpenAI, flex.ai, Groq, GitHub), `anthropic-ratelimit-…`, Discord's
 * `-reset-after` in seconds, X's `x-rate-limit-…`, and `ratelimit-…` of the IETF drafts up to 6.
 *
 * @param serverNowMs the server's clock in Unix milliseconds
 */
export function readRateLimitFamilies(
  headers: HeaderSource | undefined,
  serverNowMs: number,
): readonly RateLimit[] {
  const names = headerNames(headers);
  return groupNames(names.length > 0 ? names : COMMON_NAMES)
    .map((family) => readFamily(family, headers, serverNowMs))
    .filter((limit) => limit !== undefined);
}

function groupNames(names: readonly string[]): readonly Family[] {
  const families = new Map<string, Family>();
  for (const name of names) {
    const groups = NAMES.map((pattern) => pattern.exec(name)?.groups).find(Boolean);
    if (groups === undefined) continue;
    const { prefix = '', bucket = 'default', field = '' } = groups;
    const key = `${prefix} ${groups.bucket ?? ''}`;
    const family = families.get(key) ?? { name: bucket, headers: {} };
    family.headers[field] = name;
    families.set(key, family);
  }
  return [...families.values()];
}

function readFamily(
  { name, headers: names }: Family,
  headers: HeaderSource | undefined,
  serverNowMs: number,
): RateLimit | undefined {
  const read = (header: string | undefined) =>
    header === undefined ? '' : (readHeader(headers, header) ?? '');
  const limit = parseCount(read(names.limit));
  const remaining = parseCount(read(names.remaining));
  // Azure says -1 of 0 when it means that it does not tell.
  if ((limit ?? 0) < 0 || (remaining ?? 0) < 0) return undefined;
  // The relative one first: it needs no clock.
  const resets = [names['reset-after'], names.reset].map((header) => ({
    source: header,
    resetMs: parseReset(read(header), serverNowMs),
  }));
  const reset = resets.find(({ resetMs }) => resetMs !== undefined);
  const source = reset?.source ?? (remaining === undefined ? names.limit : names.remaining);
  if (source === undefined || (limit ?? remaining ?? reset) === undefined) return undefined;
  return {
    source,
    name,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(reset?.resetMs !== undefined && { resetMs: reset.resetMs }),
  };
}

/** The first number; the drafts up to 6 let policies follow it (`100, 100;w=60`). */
function parseCount(text: string): number | undefined {
  const digits = COUNT.exec(text)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
