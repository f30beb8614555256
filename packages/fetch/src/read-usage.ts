import type { Clock } from '@forbear/core';
import { cloneBody } from './response-clone.js';

const MAX_BYTES = 64 * 1024;
const MAX_MS = 1000;

/**
 * Reads the JSON of a small answer for a limiter that counts tokens: at most 64 KiB, and what has come
 * within a second. It is read from a clone, so the caller's body stays unread. A stream of events is left
 * alone: nobody could read its end without keeping all of it.
 *
 * @param signal what ends the fetch of the response
 * @returns what reads the parsed body of a response, or `undefined` where it cannot
 */
export function readerOfUsage(
  clock: Clock,
  signal: AbortSignal | undefined,
): (response: Response) => Promise<unknown> | undefined {
  return (response) => {
    const type = response.headers.get('content-type') ?? '';
    const length = Number(response.headers.get('content-length') ?? 0);
    return /\bjson\b/i.test(type) && length <= MAX_BYTES
      ? readJson(response, clock, signal)
      : undefined;
  };
}

async function readJson(
  response: Response,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const clone = cloneBody(response, signal);
  if (clone === undefined) return undefined;
  const stopTimer = clock.setTimer(clone.cancel, MAX_MS);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await clone.read();
      if (chunk === undefined) return JSON.parse(text);
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return undefined;
  } finally {
    stopTimer();
    clone.cancel();
  }
}
