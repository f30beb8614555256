import { type Clock, onAbort } from '@forbear/core';
import { cloneBody } from './response-clone.js';

const MAX_BYTES = 16 * 1024;
const MAX_MS = 250;

/**
 * The beginning of an error body, as text: at most 16 KiB, and what has come within 250 ms and before
 * an abort. It is read from a clone, so the caller's body stays unread. It never rejects: a body that
 * breaks is peeked as far as it came, and one that cannot be cloned is empty.
 */
export async function peekBody(
  response: Response,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<string> {
  const clone = signal?.aborted ? undefined : cloneBody(response, signal);
  if (clone === undefined) return '';
  const stopTimer = clock.setTimer(clone.cancel, MAX_MS);
  const forget = signal && onAbort(signal, clone.cancel);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < MAX_BYTES) {
      const chunk = await clone.read();
      if (chunk === undefined) break;
      text += decoder.decode(chunk.subarray(0, MAX_BYTES - bytes), { stream: true });
      bytes += chunk.byteLength;
    }
  } catch {
    // What came before it broke is told.
  } finally {
    stopTimer();
    forget?.();
    clone.cancel();
  }
  return text;
}
