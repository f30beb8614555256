/** What the transport did with the requests of one attempt. */
export interface WireRecord {
  /** Whether the attempt is over; what happens afterwards in its context is not part of it. */
  over: boolean;
}

/** A `send` that was watched. */
export interface WatchedSend<T = unknown> {
  readonly record: WireRecord;
  /** What `send` returned. */
  readonly sending: T;
}

/** How an attempt ended, besides its error. */
export interface AttemptEnd {
  /** The caller's own, which could end it early. */
  readonly signal: AbortSignal | undefined;
  /** Where it went, as given. */
  readonly url: string;
}

/**
 * Whether anything was sent. `no` is a proof; `yes`: a head was written, or may have been while the error
 * is that of another request, so that the error proves nothing; `unknown`: the error may prove it.
 */
export type Sent = 'no' | 'yes' | 'unknown';

let current: object | undefined;

/**
 * Runs `send` for `owner` so that its requests are noted in a record. Nothing can be seen of the wire
 * here, and whose attempt is under way only while `send` itself runs.
 */
export function watchWire<T>(owner: object, send: () => T): WatchedSend<T> {
  const outer = current;
  current = owner;
  try {
    return { sending: send(), record: { over: false } };
  } finally {
    current = outer;
  }
}

/** Whether anything of the attempt was sent. Here nobody knows. */
export function readWire(
  _watched: WatchedSend,
  _error: unknown,
  _end: AttemptEnd,
): Sent | Promise<Sent> {
  return 'unknown';
}

/** Who makes the attempt inside which this code runs, if any is under way. */
export function attemptOwner(): object | undefined {
  return current;
}
