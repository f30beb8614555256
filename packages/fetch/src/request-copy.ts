import type { Clock } from '@forbear/core';

/** How long a failed attempt waits for a body that is still being read. */
const MAX_MS = 250;

/**
 * Reads a copy of a request's body beside the attempt that sends it. What it returns gives the bytes,
 * or `undefined` when they are more than `maxBytes`, broke, or are still coming 250 ms after they
 * were asked for.
 */
export function readCopy(
  request: Request,
  maxBytes: number,
  clock: Clock,
): () => Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = request.clone().body?.getReader();
  if (reader === undefined) return async () => undefined;
  const copy = readAll(reader, maxBytes).catch(() => undefined);
  let given: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
  return () => {
    given ??= new Promise((resolve) => {
      const stopTimer = clock.setTimer(() => {
        resolve(undefined);
        reader.cancel().catch(() => {});
      }, MAX_MS);
      void copy.then(resolve).then(stopTimer);
    });
    return given;
  };
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      // Not awaited: a branch of a clone is cancelled when the other one is too.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
