import { type AttemptMark, runAttempt } from '@forbear/core';

/** What the transport did with the requests of one attempt. */
export interface WireRecord extends AttemptMark {
  readonly owner: object;
}

/** A `send` that was watched. */
export interface WatchedSend<T = unknown> {
  readonly record: WireRecord;
  /** What `send` returned. */
  readonly sending: T;
}

/** An answer that is still coming. */
export interface OpenAnswer {
  /** Calls `listener` once, when all of it has come or no more will. */
  onOver(listener: () => void): void;
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

/** Runs `send` for `owner`. Nothing can be seen of the wire here. */
export function watchWire<T>(owner: object, send: () => T): WatchedSend<T> {
  const record = { owner, over: false };
  return { sending: runAttempt(record, send), record };
}

/** Whether anything of the attempt was sent. Here nobody knows. */
export function readWire(
  _watched: WatchedSend,
  _error: unknown,
  _end: AttemptEnd,
): Sent | Promise<Sent> {
  return 'unknown';
}

/** The answer of an attempt that is still coming. Here nobody knows. */
export function openAnswer(_watched: WatchedSend): OpenAnswer | undefined {
  return undefined;
}
