import type { ProviderProfile } from './profile.js';

/** Where a provider answers, as one entry of its `hosts` says it. */
export interface Base {
  readonly host: RegExp;
  /** Absent: any path. */
  readonly path?: RegExp;
  /** Whether its host has no wildcard. */
  readonly isOneHost: boolean;
  /** How much of a URL it fixes; where several match, the larger one is meant. */
  readonly weight: number;
}

const known = new WeakMap<ProviderProfile, readonly Base[]>();

/** The bases of a profile, read once. */
export function basesOf(profile: ProviderProfile): readonly Base[] {
  const found = known.get(profile);
  if (found !== undefined) return found;
  const bases = profile.hosts.map(parseBase);
  known.set(profile, bases);
  return bases;
}

/** Whether a URL with this host and path is one of `base`. */
export function isAt({ host, path }: Base, at: string, pathOf: () => string): boolean {
  return host.test(at) && (path === undefined || path.test(pathOf()));
}

/** The host of an origin, without its port and the dot of the root behind it. */
export function hostOf(origin: string): string {
  const start = origin.indexOf('//') + 2;
  if (start < 2) return '';
  const port = origin.indexOf(':', start);
  const end = port < 0 ? origin.length : port;
  return origin.slice(start, origin.endsWith('.', end) ? end - 1 : end);
}

/** `host` or `host/path`; a `*` stands for what is between two dots or slashes, or a part of it. */
function parseBase(text: string): Base {
  const [host = '', ...segments] = text.toLowerCase().split('/');
  const isOneHost = !host.includes('*');
  const weight = segments.length * 2 + (isOneHost ? 1 : 0);
  const base = { host: patternOf(host, '$'), isOneHost, weight };
  if (segments.length === 0) return base;
  return { ...base, path: patternOf(`/${segments.join('/')}`, '(?:/|$)') };
}

function patternOf(text: string, end: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^./]+')}${end}`, 'i');
}
