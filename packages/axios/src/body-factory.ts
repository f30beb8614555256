import { onAbort } from '@forbear/core';
import { isWebStream } from './stream-kind.js';

/** Makes the body anew for every attempt: whatever the adapter takes as `config.data`. */
export type BodyFactory = () => unknown;

/**
 * Has a body made for one attempt. An abort of the attempt does not wait for it: it rejects at once
 * with the reason itself, and a stream that comes later is destroyed.
 */
export async function makeBody(
  factory: BodyFactory,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  signal?.throwIfAborted();
  const making = Promise.resolve(factory());
  if (signal === undefined) return making;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => {
      making.then(destroy).catch(() => {});
      reject(signal.reason);
    });
  });
  try {
    return await Promise.race([making, aborted]);
  } finally {
    stop?.();
  }
}

/** Frees what a stream that nobody reads holds, be it one of the web or of Node. */
async function destroy(body: unknown): Promise<void> {
  if (isWebStream(body)) await body.cancel();
  else (body as { destroy?: () => void } | null)?.destroy?.();
}
