import type { Clock } from '@forbear/core';
import type { AxiosResponse } from './bare-axios.js';
import { isNodeStream, isWebStream, type NodeStream } from './stream-kind.js';

const MAX_BYTES = 64 * 1024;
const MAX_MS = 100;

/** The answer in what an adapter threw, if there is one. */
export function answerOf(error: unknown): AxiosResponse | undefined {
  const answer = (error as { response?: unknown } | null | undefined)?.response;
  return typeof answer === 'object' && answer !== null ? (answer as AxiosResponse) : undefined;
}

/**
 * Frees the socket of an answer that nobody will read, where its data is a stream: drained when it is
 * small and quick, so that the connection is used again, destroyed otherwise. Nobody waits for it, and
 * it never throws.
 */
export function discardAnswer({ data }: AxiosResponse, clock: Clock): void {
  if (isNodeStream(data)) drain(data, clock);
  else if (isWebStream(data) && !data.locked) {
    void drainWeb(data.getReader(), clock).catch(() => {});
  }
}

function drain(stream: NodeStream, clock: Clock): void {
  let bytes = 0;
  const destroy = () => stream.destroy();
  const stopTimer = clock.setTimer(destroy, MAX_MS);
  stream.on('close', stopTimer);
  stream.on('end', stopTimer);
  // It may break while nobody reads it, and then nobody else listens.
  stream.on('error', () => {});
  stream.on('data', ({ length }: { readonly length: number }) => {
    bytes += length;
    if (bytes > MAX_BYTES) destroy();
  });
}

async function drainWeb(reader: ReadableStreamDefaultReader, clock: Clock): Promise<void> {
  const cancel = () => void reader.cancel().catch(() => {});
  const stopTimer = clock.setTimer(cancel, MAX_MS);
  try {
    for (let bytes = 0; bytes <= MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += (value as { readonly byteLength?: number }).byteLength ?? 0;
    }
    cancel();
  } finally {
    stopTimer();
  }
}
