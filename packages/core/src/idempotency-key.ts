import { ask } from './events.js';
import type { Facts } from './facts.js';
import type { RequestParts } from './key/key-request.js';
import { readRequestHeader } from './key/request-headers.js';
import { pathOf, splitUrl } from './key/url-parts.js';
import type { Policy } from './policy.js';
import type { IdempotencyKeys, ProviderProfile } from './profile.js';
import { matchesWildcard } from './wildcard.js';

/** The idempotency key of a call, which its provider honours. */
export interface IdempotencyKey {
  /** The request header that carries it, in lower case. */
  readonly header: string;
  /** The value to send with every attempt; absent: the request has one of its own, which is kept. */
  readonly minted?: string;
}

const HEADER = 'idempotency-key';

/**
 * The idempotency key of a call; for adapters, which send it with every attempt. One is minted unless
 * the request has its own or the policy says `idempotencyKey: false`.
 *
 * @returns `undefined` when the request has none that its provider promises to honour
 */
export function idempotencyKeyOf(
  policy: Policy,
  provider: ProviderProfile,
  parts: RequestParts,
): IdempotencyKey | undefined {
  const keys = provider.idempotencyKeys;
  if (keys === undefined || !holdsFor(keys, parts.method, parts.url)) return undefined;
  const { header = HEADER, written } = keys;
  if (readRequestHeader(parts.headers, header)) return { header };
  const own = ask(policy.idempotencyKey);
  if (typeof own !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(own)) return undefined;
  return { header, minted: written === 'quoted' ? JSON.stringify(own) : own };
}

/** Whether a request carries an idempotency key, honoured or not. */
export function carriesIdempotencyKey(
  headers: RequestParts['headers'],
  provider: ProviderProfile,
): boolean {
  return [provider.idempotencyKeys?.header ?? HEADER, HEADER].some(
    (name) => readRequestHeader(headers, name) !== undefined,
  );
}

/** Whether the key that an attempt carried keeps its work from being done twice. */
export function honoursKey(facts: Facts, { idempotencyKeys: keys }: ProviderProfile): boolean {
  if (!facts.hasIdempotencyKey || keys === undefined) return false;
  const { elapsedMs = 0 } = facts;
  if (Number.isNaN(elapsedMs) || elapsedMs >= keys.keptMs) return false;
  if (facts.idempotencyKeyHonoured !== undefined) return facts.idempotencyKeyHonoured;
  return keys.paths === undefined && holdsFor(keys, facts.method ?? '', '');
}

function holdsFor({ methods, paths }: IdempotencyKeys, method: string, url: string): boolean {
  if (!methods.includes(method.toUpperCase())) return false;
  if (paths === undefined) return true;
  const path = pathOf(splitUrl(url).rest);
  return paths.some((pattern) => matchesWildcard(pattern, path));
}
