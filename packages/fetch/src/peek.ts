import type { Clock } from '@forbear/core';

const MAX_BYTES = 16 * 1024;
const MAX_MS = 250;

/**
 * The beginning of an error body, as text: at most 16 KiB, and what has come within 250 ms. It is read
 * from a clone, so the caller's body stays unread.
 */
export async function peekBody(
  response: Response,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (!response.body || response.bodyUsed) return '';
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return '';
  const cancel = () => void reader.cancel().catch(() => {});
  const stopTimer = clock.setTimer(cancel, MAX_MS);
  signal?.addEventListener('abort', cancel, { once: true });
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < MAX_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, MAX_BYTES - bytes), { stream: true });
      bytes += value.byteLength;
    }
  } catch {
    // A body that breaks is peeked as far as it came.
  } finally {
    stopTimer();
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
  return text;
}
