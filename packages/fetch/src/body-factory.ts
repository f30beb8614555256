import { untilAborted } from '@forbear/core';
import type { Body, Init } from './request-parts.js';

/** Makes the body anew for every attempt. */
export type BodyFactory = () => Body | null | Promise<Body | null>;

/**
 * Has a body made for one attempt. An abort of the attempt does not wait for it: it rejects at once
 * with the reason itself, and a stream that comes later is cancelled.
 */
export async function makeBody(
  factory: BodyFactory,
  signal: AbortSignal | undefined,
): Promise<Partial<Init>> {
  signal?.throwIfAborted();
  const making = Promise.resolve(factory());
  const body = await (signal === undefined ? making : untilAborted(making, signal, cancel));
  const parts: Partial<Init> = { body };
  return isStream(body) ? Object.assign(parts, { duplex: 'half' }) : parts;
}

function isStream(body: Body | null): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    (body instanceof ReadableStream || Symbol.asyncIterator in body)
  );
}

/** Frees what a stream that nobody reads holds, be it one of the web or of Node. */
async function cancel(body: Body | null): Promise<void> {
  if (body instanceof ReadableStream) await body.cancel();
  else (body as { destroy?: () => void } | null)?.destroy?.();
}
