import type { Effect, Evidence, FailureKind } from './failure.js';

/** What a status means when no profile knows better. */
export interface StatusMeaning {
  readonly kind: FailureKind;
  readonly effect: Effect;
  readonly evidence: Evidence;
  readonly transient: boolean;
  readonly because: string;
}

function wrong(kind: FailureKind, because: string): StatusMeaning {
  return { kind, effect: 'none', evidence: 'rejected', transient: false, because };
}

function refused(kind: FailureKind, because: string): StatusMeaning {
  return { kind, effect: 'none', evidence: 'refused', transient: true, because };
}

function unproven(kind: FailureKind, because: string, transient = true): StatusMeaning {
  return { kind, effect: 'unknown', evidence: 'unproven', transient, because };
}

const RATE_LIMITED = refused('rate-limited', 'a rate limit answers before the work (RFC 6585, 4)');
const UNAVAILABLE_UNTIL = refused(
  'overloaded',
  'it named the time to come back (RFC 9110, 15.6.4)',
);
const UNAVAILABLE = unproven('overloaded', 'without Retry-After any hop may have written it');
const TOO_LARGE_NOW = refused(
  'overloaded',
  'too large for now, says Retry-After (RFC 9110, 15.5.14)',
);
const TOO_LARGE = wrong('never-fits', 'the request is too large (RFC 9110, 15.5.14)');
const CLIENT_ERROR = wrong('invalid', 'a 4xx finds the request itself wrong (RFC 9110, 15.5)');
const SERVER_ERROR = unproven('server-error', 'a 5xx may come after the work');
const UNSUPPORTED = unproven('server-error', 'the server will not support it later either', false);

const TABLE: Readonly<Record<number, StatusMeaning>> = {
  401: wrong('auth', 'the credentials are missing or wrong (RFC 9110, 15.5.2)'),
  402: wrong('quota-exhausted', 'payment is required (RFC 9110, 15.5.3)'),
  403: wrong('auth', 'the credentials do not allow it (RFC 9110, 15.5.4)'),
  407: wrong('auth', 'the proxy wants credentials (RFC 9110, 15.5.8)'),
  408: unproven('timeout', 'a server or a proxy may send it after the request (RFC 9110, 15.5.9)'),
  413: TOO_LARGE,
  414: TOO_LARGE,
  421: refused('network', 'it reached the wrong server (RFC 9110, 15.5.20)'),
  424: unproven('server-error', 'what it depended on failed, perhaps after a part of the work'),
  425: refused('overloaded', 'it came too early to be processed (RFC 8470, 5.2)'),
  429: RATE_LIMITED,
  499: unproven('network', 'a proxy gave up on it, perhaps after the work'),
  501: UNSUPPORTED,
  503: UNAVAILABLE,
  505: UNSUPPORTED,
  506: UNSUPPORTED,
  508: UNSUPPORTED,
  510: UNSUPPORTED,
  511: wrong('auth', 'the network wants a login (RFC 6585, 6)'),
  529: UNAVAILABLE,
};

const WITH_RETRY_AFTER: Readonly<Record<number, StatusMeaning>> = {
  413: TOO_LARGE_NOW,
  503: UNAVAILABLE_UNTIL,
  529: UNAVAILABLE_UNTIL,
};

/**
 * The meaning of a failed status at a server that nobody vouches for.
 *
 * @param status 400 or above
 * @param hasRetryAfter whether the answer holds a valid Retry-After
 */
export function meaningOf(status: number, hasRetryAfter: boolean): StatusMeaning {
  const waiting = hasRetryAfter ? WITH_RETRY_AFTER[status] : undefined;
  return waiting ?? TABLE[status] ?? (status < 500 ? CLIENT_ERROR : SERVER_ERROR);
}
