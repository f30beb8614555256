import type { HeaderSource } from '../facts.js';
import { readHeader } from './headers.js';
import type { RateLimit } from './rate-limit-family.js';
import {
  type FieldItem,
  parseItemDictionary,
  parseItemList,
  toCount,
} from './structured-fields.js';

/** A policy that a server says it has; it informs and promises nothing. */
export interface RateLimitPolicy {
  readonly name: string;
  /** How many units one window allows. */
  readonly quota: number;
  /** What is counted. @default 'requests' */
  readonly unit: string;
  /** The window in milliseconds, when it is told. */
  readonly windowMs?: number;
}

/**
 * Reads `RateLimit` of draft-ietf-httpapi-ratelimit-headers: the list of drafts 8 and later
 * (`"default";r=50;t=30`, Cloudflare) and the dictionary of draft 7 (`limit=100, remaining=50,
 * reset=5`). A limit is taken from the policy of the same name. A malformed field gives none, as
 * section 7 demands.
 */
export function readRateLimitField(headers: HeaderSource | undefined): readonly RateLimit[] {
  const text = readHeader(headers, 'ratelimit');
  if (text === undefined) return [];
  const items = parseItemList(text);
  if (items === undefined) return fromDictionary(text);
  const policies = readRateLimitPolicies(headers);
  return allOrNone(items, (item) => toRateLimit(item, policies));
}

/** Reads `RateLimit-Policy` of the same draft, section 3; a malformed field gives none. */
export function readRateLimitPolicies(
  headers: HeaderSource | undefined,
): readonly RateLimitPolicy[] {
  return allOrNone(parseItemList(readHeader(headers, 'ratelimit-policy') ?? '') ?? [], toPolicy);
}

function toRateLimit(
  { value: name, parameters }: FieldItem,
  policies: readonly RateLimitPolicy[],
): RateLimit | undefined {
  const remaining = toCount(parameters.get('r'));
  const reset = toCount(parameters.get('t'));
  if (typeof name !== 'string' || remaining === undefined) return undefined;
  if (parameters.has('t') && reset === undefined) return undefined;
  const limit = policies.find((policy) => policy.name === name)?.quota;
  return {
    source: 'ratelimit',
    name,
    remaining,
    ...(limit !== undefined && { limit }),
    ...(reset !== undefined && { resetMs: toMs(reset) }),
  };
}

function toPolicy({ value: name, parameters }: FieldItem): RateLimitPolicy | undefined {
  const quota = toCount(parameters.get('q'));
  const seconds = toCount(parameters.get('w'));
  const unit = parameters.get('qu') ?? 'requests';
  if (typeof name !== 'string' || quota === undefined || typeof unit !== 'string') return undefined;
  if (parameters.has('w') && !seconds) return undefined;
  return { name, quota, unit, ...(seconds !== undefined && { windowMs: toMs(seconds) }) };
}

function fromDictionary(text: string): readonly RateLimit[] {
  const values = parseItemDictionary(text);
  const remaining = toCount(values?.get('remaining'));
  if (values === undefined || remaining === undefined) return [];
  const limit = toCount(values.get('limit'));
  const reset = toCount(values.get('reset'));
  if (values.has('limit') && limit === undefined) return [];
  if (values.has('reset') && reset === undefined) return [];
  return [
    {
      source: 'ratelimit',
      name: 'default',
      remaining,
      ...(limit !== undefined && { limit }),
      ...(reset !== undefined && { resetMs: toMs(reset) }),
    },
  ];
}

/** Structured integers have up to 15 digits, so a thousand times that may not be exact. */
function toMs(seconds: number): number {
  return Math.min(seconds * 1_000, Number.MAX_SAFE_INTEGER);
}

/** One bad member spoils its whole field. */
function allOrNone<T>(
  items: readonly FieldItem[],
  read: (item: FieldItem) => T | undefined,
): readonly T[] {
  const all = items.map(read).filter((each) => each !== undefined);
  return all.length === items.length ? all : [];
}
