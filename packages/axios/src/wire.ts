import { type AttemptMark, runAttempt } from '@forbear/core';

/** What was seen of the requests of one attempt. */
export interface WireRecord extends AttemptMark {
  /** Each that was begun, of whatever library. */
  readonly begun: Set<unknown>;
}

/**
 * Whether anything was sent. `no` is a proof; `yes`: something was; `unknown`: the error may prove it.
 */
export type Sent = 'no' | 'yes' | 'unknown';

/** Runs `send` and sees what requests are begun in it. Here nothing can be seen. */
export function watchWire<T>(send: () => T): { readonly sending: T; readonly record: WireRecord } {
  const record: WireRecord = { over: false, begun: new Set() };
  return { sending: runAttempt(record, send), record };
}

/** What is known of an attempt that failed with `error`. Here nobody knows. */
export function readWire(_record: WireRecord, _error: unknown): Sent {
  return 'unknown';
}
