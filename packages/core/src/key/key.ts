import { basesOf, hostOf, isAt } from '../base.js';
import { toPrintable } from '../http/printable.js';
import type { ProviderProfile } from '../profile.js';
import { frame } from './framing.js';
import type { KeyRequest } from './key-request.js';
import { generaliseLaterIds, generalisePath } from './path-pattern.js';

/** The longest visible key, in UTF-16 units. */
const MOST_VISIBLE = 200;
/** User info in what only looks like a path, such as a URL in quotes. */
const USER_INFO = /\/\/[^/]*@/g;

/**
 * The key of a request: calls with the same key share a limit, hence a gate and a retry budget. It
 * contains the credential: never show it.
 */
export function keyOf(request: KeyRequest, profile: ProviderProfile): string {
  const shared = frame(placeOf(request, profile)) + frame(request.credential);
  switch (profile.limitScope) {
    case 'credential':
    case 'organisation':
      return shared;
    case 'credential+model':
    case 'organisation+model':
      return shared + frame(modelOf(request, profile));
    case 'endpoint':
      return shared + frame(request.method) + frame(generalisePath(request.path));
    case 'resource':
      return shared + frame(request.method) + frame(generaliseLaterIds(request.path));
  }
}

/**
 * The part of a key that may be shown, such as `flex.ai`, `OpenAI gpt-4o` or
 * `POST https://api.example.com/v1/items/:id`: no credential, no query, no user info; printable and
 * at most 200 characters.
 */
export function visibleKeyOf(request: KeyRequest, profile: ProviderProfile): string {
  return toPrintable(show(request, profile), MOST_VISIBLE);
}

function show(request: KeyRequest, profile: ProviderProfile): string {
  const place = placeOf(request, profile);
  switch (profile.limitScope) {
    case 'credential':
    case 'organisation':
      return place || profile.name;
    case 'credential+model':
    case 'organisation+model':
      return `${place || profile.name} ${modelOf(request, profile)}`;
    case 'endpoint':
    case 'resource': {
      const path = generalisePath(request.path).replace(USER_INFO, '//');
      const gap = place === request.origin ? '' : ' ';
      return `${request.method} ${place}${gap}${path}`;
    }
  }
}

/** The model that the body names, or else the path. */
function modelOf(request: KeyRequest, { modelInPath }: ProviderProfile): string {
  return request.model ?? modelInPath?.exec(request.path)?.[1] ?? '';
}

/**
 * The provider's name on its own hosts, and which of them where a wildcard stands for many (a region, a
 * customer), else the origin: a proxy of it has limits of its own.
 */
function placeOf(request: KeyRequest, profile: ProviderProfile): string {
  const { origin } = request;
  if (profile.hosts.length === 0) return origin;
  const host = hostOf(origin);
  const path = () => request.path;
  const base = basesOf(profile).find((each) => isAt(each, host, path));
  if (base === undefined) return origin;
  return base.isOneHost ? profile.name : `${profile.name} ${host}`;
}
