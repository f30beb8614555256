import type { Clock } from '@forbear/core';

const MAX_BYTES = 64 * 1024;
const MAX_MS = 100;

/**
 * Frees the socket of a response that nobody will read: drained when it is small and quick, so that
 * the connection is used again, cancelled otherwise. Nobody waits for it.
 */
export function discardResponse(response: Response, clock: Clock): void {
  const reader = response.body?.getReader();
  if (reader !== undefined) void drain(reader, clock).catch(() => {});
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const stopTimer = clock.setTimer(() => void reader.cancel().catch(() => {}), MAX_MS);
  try {
    for (let bytes = 0; bytes <= MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    await reader.cancel();
  } finally {
    stopTimer();
  }
}
