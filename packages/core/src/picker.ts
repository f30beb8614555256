import { type Base, basesOf, hostOf, isAt } from './base.js';
import { genericProfile } from './generic-profile.js';
import { pathOf, splitUrl } from './key/url-parts.js';
import type { ProviderProfile } from './profile.js';

/** Picks the profile of the API that a URL goes to, so that one policy serves several. */
export type ProviderPicker = (url: string) => ProviderProfile;

/** Hosts that are remembered with their profiles; others are looked up each time. */
const MOST_HOSTS = 256;

interface Entry {
  readonly base: Base;
  readonly profile: ProviderProfile;
}

/**
 * Makes a picker of profiles: by host, and by base path where several answer on one host; the base
 * that says most holds, and the first of equals. What none of them answers is for `genericProfile`.
 */
export function createPicker(profiles: readonly ProviderProfile[]): ProviderPicker {
  const entries: readonly Entry[] = profiles
    .flatMap((profile) => basesOf(profile).map((base) => ({ base, profile })))
    .sort((a, b) => b.base.weight - a.base.weight);
  const byHost = new Map<string, readonly Entry[]>();
  return (url) => {
    const { origin, rest } = splitUrl(url);
    const host = hostOf(origin);
    const path = () => pathOf(rest);
    let near = byHost.get(host);
    if (near === undefined) {
      near = entries.filter(({ base }) => base.host.test(host));
      if (byHost.size < MOST_HOSTS) byHost.set(host, near);
    }
    return near.find(({ base }) => isAt(base, host, path))?.profile ?? genericProfile;
  };
}

/** The profile for a call to `url`, and why the policy's own function was not followed. */
export function pickProfile(
  provider: ProviderProfile | ProviderPicker,
  url: string,
): { readonly profile: ProviderProfile; readonly problem?: string } {
  if (typeof provider !== 'function') return { profile: provider };
  try {
    const picked: unknown = provider(url);
    if (isProfile(picked)) return { profile: picked };
    return { profile: genericProfile, problem: 'returned no profile' };
  } catch {
    return { profile: genericProfile, problem: 'threw' };
  }
}

function isProfile(value: unknown): value is ProviderProfile {
  return typeof value === 'object' && value !== null && 'rules' in value && 'hosts' in value;
}
