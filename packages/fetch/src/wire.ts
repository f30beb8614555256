/** What the transport did with the requests of one attempt. */
export interface WireRecord {
  /** Whether the attempt is over; what happens afterwards in its context is not part of it. */
  over: boolean;
}

let current: object | undefined;

/**
 * Runs `send` for `owner` so that its requests are noted in a record. Nothing can be seen of the wire
 * here, and whose attempt is under way only while `send` itself runs.
 */
export function watchWire<T>(
  owner: object,
  send: () => T,
): { readonly sending: T; readonly record: WireRecord } {
  const outer = current;
  current = owner;
  try {
    return { sending: send(), record: { over: false } };
  } finally {
    current = outer;
  }
}

/** Whether anything of the attempt was sent. Here nobody knows. */
export function readWire(_record: WireRecord, _error: unknown): 'no' | 'yes' | 'unknown' {
  return 'unknown';
}

/** Who makes the attempt inside which this code runs, if any is under way. */
export function attemptOwner(): object | undefined {
  return current;
}
