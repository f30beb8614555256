import type { Clock } from '@forbear/core';

const MAX_BYTES = 64 * 1024;
const MAX_MS = 100;

/**
 * Frees the socket of a response that nobody will read: drained when it is small and quick, so that
 * the connection is used again, cancelled otherwise. Nobody waits for it, and it never throws.
 */
export function discardResponse(response: Response, clock: Clock): void {
  const { body } = response;
  if (body?.getReader) {
    if (!body.locked) void drain(body.getReader(), clock).catch(() => {});
    return;
  }
  // The body of node-fetch is a stream of Node.
  const { destroy } = (body ?? {}) as { destroy?: unknown };
  if (typeof destroy === 'function') destroy.call(body);
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const cancel = () => void reader.cancel().catch(() => {});
  const stopTimer = clock.setTimer(cancel, MAX_MS);
  try {
    for (let bytes = 0; bytes <= MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    cancel();
  } finally {
    stopTimer();
  }
}
