import type { Policy } from '../policy.js';
import { CREDENTIAL_HEADERS } from './credential.js';
import { keyOf, visibleKeyOf } from './key.js';
import { describeRequest, type KeyRequest, type RequestParts } from './key-request.js';

/** The key of a call, and what of it may be shown. */
export interface CallKey {
  readonly key: string;
  readonly showKey: () => string;
  /** Why the policy's own function was not followed. */
  readonly notes?: readonly string[];
}

/** A shorter word of a credential is the name of its scheme, such as `Bearer`. */
const LEAST_SECRET = 8;

/** Names the key of a call; for adapters. What the policy's own `key` cannot name, the profile does. */
export function callKeyOf({ key, provider }: Policy, parts: RequestParts): CallKey {
  const request = describeRequest(parts);
  const showKey = () => visibleKeyOf(request, provider);
  if (key === undefined) return { key: keyOf(request, provider), showKey };
  const own = nameBy(key, request);
  if (typeof own === 'string') {
    return { key: own, showKey: () => (holdsSecret(own, request) ? showKey() : own) };
  }
  const notes = [`the key function ${own.problem}, so the key of the profile was used`];
  return { key: keyOf(request, provider), showKey, notes };
}

function nameBy(
  key: (request: KeyRequest) => string,
  request: KeyRequest,
): string | { readonly problem: string } {
  try {
    const named: unknown = key(request);
    // One that rejects would end the process.
    if (named instanceof Promise) named.catch(() => {});
    return typeof named === 'string' ? named : { problem: `returned ${typeof named}, not text` };
  } catch {
    return { problem: 'threw' };
  }
}

function holdsSecret(key: string, request: KeyRequest): boolean {
  const words = CREDENTIAL_HEADERS.flatMap((name) => request.header(name)?.split(/[\s,]+/) ?? []);
  return [request.credential, ...words.filter((word) => word.length >= LEAST_SECRET)].some(
    (secret) => secret !== '' && key.includes(secret),
  );
}
