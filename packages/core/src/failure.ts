/** What was wrong with an attempt. */
export type FailureKind =
  | 'rate-limited'
  | 'overloaded'
  | 'quota-exhausted'
  | 'never-fits'
  | 'auth'
  | 'invalid'
  | 'server-error'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'unknown';

/**
 * What became of the work: `none` it cannot have been done, `unknown` it may have been done (and
 * billed), `done` it was.
 */
export type Effect = 'none' | 'unknown' | 'done';

/** How the effect is known. */
export type Evidence =
  /** The request never left this machine: the connection was not made or nothing was written. */
  | 'not-sent'
  /** The server said that it did not start: a rate limit, an overload that it announced. */
  | 'refused'
  /** HTTP/2 REFUSED_STREAM: not processed, by RFC 9113, section 8.7. */
  | 'refused-stream'
  /** The provider's profile vouches that this answer comes before any work. */
  | 'vouched'
  /** The server found the request itself wrong. */
  | 'rejected'
  /** A success arrived before something broke. */
  | 'answered'
  /** The request left, and then the connection or the time ran out. */
  | 'sent'
  /** Nothing proves that the work was not done. */
  | 'unproven';

/** A failed attempt, classified. */
export interface Failure {
  readonly kind: FailureKind;
  readonly effect: Effect;
  readonly evidence: Evidence;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /**
   * Whom it concerns: `key` when every call of its key would meet the same (a rate limit, an overload
   * that names a time, an empty wallet), `call` when it says nothing of the others.
   */
  readonly concerns: 'call' | 'key';
  /** The HTTP status; absent when no answer came. */
  readonly status?: number;
  /** The provider's own error code or type, or the code of a network error. */
  readonly code?: string;
  /** Which of the provider's limits was hit, as it calls it, where that is known. */
  readonly bucket?: string;
  /** When the allowance that is used up is renewed, in Unix milliseconds, where that is known. */
  readonly resetsAt?: number;
  /** The least wait in milliseconds that the provider's page asks for. */
  readonly leastWaitMs?: number;
  /** The name of the provider whose own rule it is; absent: a rule for every API. */
  readonly ruleOf?: string;
  /** The rule that says so, in words. */
  readonly because: string;
}
