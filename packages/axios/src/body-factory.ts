import { untilAborted } from '@forbear/core';
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
  return signal === undefined ? making : untilAborted(making, signal, destroy);
}

/** Frees what a stream that nobody reads holds, be it one of the web or of Node. */
async function destroy(body: unknown): Promise<void> {
  if (isWebStream(body)) await body.cancel();
  else (body as { destroy?: () => void } | null)?.destroy?.();
}
