import type { HeaderSource } from '../facts.js';
import type { LimitShape, LimitUnit, ProviderLimit } from '../provider-limit.js';
import { headerNames, readHeader } from './headers.js';
import { toPrintable } from './printable.js';
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
  /** What it counts, as the profile says. */
  readonly unit?: LimitUnit;
  /** The length of its window in milliseconds, as the profile says. */
  readonly windowMs?: number;
  /** What its reset means, as the profile says. @default 'window' */
  readonly shape?: LimitShape;
}

/** UTF-16 units of a name that the server gives to a bucket. */
const MOST_NAME = 64;

const FIELDS = ['limit', 'remaining', 'reset', 'reset-after', 'utilization'] as const;

/** The names of one bucket's headers. */
interface Family extends Pick<RateLimit, 'name' | 'unit' | 'windowMs' | 'shape'> {
  readonly nameIn?: string;
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

const SHARE = /^\d{1,9}(?:\.\d{1,16})?$/;
const USED = /^(\d{1,15})\/(\d{1,15})$/;
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
  described: readonly ProviderLimit[] = [],
): readonly RateLimit[] {
  const own = described.map(familyOf).filter((family) => family !== undefined);
  const claimed = new Set(own.flatMap((family) => Object.values(family.headers)));
  const listed = headerNames(headers);
  const names = (listed.length > 0 ? listed : COMMON_NAMES).filter((name) => !claimed.has(name));
  return [...own, ...groupNames(names)]
    .map((family) => readFamily(family, headers, serverNowMs))
    .filter((limit) => limit !== undefined);
}

/** The names that a profile gives to the headers of one of its limits. */
function familyOf({ headers, reset: _, amount: __, ...limit }: ProviderLimit): Family | undefined {
  if (headers === undefined) return undefined;
  if (!headers.includes('*')) return { ...limit, headers: { used: headers } };
  const named = FIELDS.map((field) => [field, headers.replace('*', field)] as const);
  return { ...limit, headers: Object.fromEntries(named) };
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
  { headers: names, nameIn, ...family }: Family,
  headers: HeaderSource | undefined,
  serverNowMs: number,
): RateLimit | undefined {
  const read = (header: string | undefined) =>
    header === undefined ? '' : (readHeader(headers, header) ?? '');
  const { limit, remaining } = readShare(read(names.utilization)) ??
    readUsed(read(names.used)) ?? {
      limit: parseCount(read(names.limit)),
      remaining: parseCount(read(names.remaining)),
    };
  // Azure says -1 of 0 when it means that it does not tell.
  if ((limit ?? 0) < 0 || (remaining ?? 0) < 0) return undefined;
  // The relative one first: it needs no clock.
  const resets = [names['reset-after'], names.reset].map((header) => ({
    source: header,
    resetMs: parseReset(read(header), serverNowMs),
  }));
  const reset = resets.find(({ resetMs }) => resetMs !== undefined);
  const counted = remaining === undefined ? names.limit : names.remaining;
  const source = reset?.source ?? names.used ?? counted;
  if (source === undefined || (limit ?? remaining ?? reset) === undefined) return undefined;
  return {
    source,
    ...family,
    name: (nameIn && toPrintable(read(nameIn), MOST_NAME)) || family.name,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(reset?.resetMs !== undefined && { resetMs: reset.resetMs }),
  };
}

/** A used share of 1, which may be above it. */
function readShare(text: string): Pick<RateLimit, 'limit' | 'remaining'> | undefined {
  return SHARE.test(text) ? { limit: 1, remaining: Math.max(0, 1 - Number(text)) } : undefined;
}

/** `32/40`: 32 of 40 are used (Shopify). */
function readUsed(text: string): Pick<RateLimit, 'limit' | 'remaining'> | undefined {
  const [, used, limit] = USED.exec(text) ?? [];
  if (used === undefined || limit === undefined) return undefined;
  return { limit: Number(limit), remaining: Math.max(0, Number(limit) - Number(used)) };
}

/** The first number; the drafts up to 6 let policies follow it (`100, 100;w=60`). */
function parseCount(text: string): number | undefined {
  const digits = COUNT.exec(text)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
