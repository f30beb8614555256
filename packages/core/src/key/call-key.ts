import { pickProfile } from '../picker.js';
import type { Policy } from '../policy.js';
import type { ProviderProfile } from '../profile.js';
import { CREDENTIAL_HEADERS } from './credential.js';
import { keyOf, visibleKeyOf } from './key.js';
import { describeRequest, type KeyRequest, type RequestParts } from './key-request.js';

/** The key of a call, what of it may be shown, and the profile of the API that it goes to. */
export interface CallKey {
  readonly key: string;
  readonly showKey: () => string;
  readonly provider: ProviderProfile;
  /** Why the policy's own functions were not followed. */
  readonly notes: readonly string[] | undefined;
}

/** A shorter word of a credential is the name of its scheme, such as `Bearer`. */
const LEAST_SECRET = 8;

/**
 * Names the key of a call, and picks its profile by its URL; for adapters, which spread both into the
 * options of their call. What the policy's own `key` cannot name, the profile does.
 */
export function callKeyOf({ key, provider }: Policy, parts: RequestParts): CallKey {
  const { profile, problem } = pickProfile(provider, parts.url);
  const request = describeRequest(parts, profile.credentials);
  const showKey = () => visibleKeyOf(request, profile);
  const notes =
    problem === undefined
      ? undefined
      : [`the provider function ${problem}, so the generic profile was used`];
  if (key === undefined) return { key: keyOf(request, profile), showKey, provider: profile, notes };
  const own = nameBy(key, request);
  if (typeof own === 'string') {
    const show = () => (holdsSecret(own, request, profile) ? showKey() : own);
    return { key: own, showKey: show, provider: profile, notes };
  }
  const note = `the key function ${own.problem}, so the key of the profile was used`;
  return {
    key: keyOf(request, profile),
    showKey,
    provider: profile,
    notes: [...(notes ?? []), note],
  };
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

function holdsSecret(
  key: string,
  request: KeyRequest,
  { credentials = [] }: ProviderProfile,
): boolean {
  const words = [...CREDENTIAL_HEADERS, ...credentials].flatMap(
    (name) => request.header(name)?.split(/[\s,]+/) ?? [],
  );
  return [request.credential, ...words.filter((word) => word.length >= LEAST_SECRET)].some(
    (secret) => secret !== '' && key.includes(secret),
  );
}
