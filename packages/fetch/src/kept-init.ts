import type { Init } from './request-parts.js';

/** The members of a `RequestInit` (Fetch standard, 5.4), and undici's own. */
const MEMBERS = [
  'method',
  'headers',
  'body',
  'referrer',
  'referrerPolicy',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'integrity',
  'keepalive',
  'signal',
  'duplex',
  'priority',
  'window',
  'dispatcher',
] as const;

/**
 * Keeps an `init` as it is at the call, when a bare fetch reads it: its caller may use the same object
 * or the same headers for the next call.
 */
export function keepInit(init: Init | undefined): Init | undefined {
  // Bare fetch takes null, and refuses what is no object.
  if (typeof init !== 'object' || init === null) return init;
  const kept = copyInit(init);
  if (typeof kept.headers === 'object' && kept.headers !== null) {
    kept.headers = keepHeaders(kept.headers);
  }
  return kept;
}

/**
 * Copies an `init`, to change a member. The copy is a plain object, also of an `init` that has its
 * members from its class, such as a `Request`.
 */
export function copyInit(init: Init): Init {
  const copy: Record<string, unknown> = { ...init };
  if (!isPlain(init)) {
    for (const name of MEMBERS) {
      const value = (init as Record<string, unknown>)[name];
      if (value !== undefined) copy[name] = value;
    }
  }
  return copy as Init;
}

function keepHeaders(headers: NonNullable<Init['headers']>): NonNullable<Init['headers']> {
  if (isPlain(headers)) return { ...headers };
  try {
    return new Headers(headers);
  } catch {
    // Bare fetch refuses them, in its own words.
    return headers;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
