import type { Clock } from '@forbear/core';
import { isNodeStream, isWebStream, type NodeStream } from './stream-kind.js';

const MAX_BYTES = 16 * 1024;
const MAX_MS = 250;

/**
 * The beginning of an error body, as text: at most 16 KiB. Whatever it is, it stays unread: of a stream
 * of Node what came first within 250 ms is looked at and put back. A stream of the web is not looked at,
 * since it cannot be without being replaced.
 */
export function peekData(data: unknown, clock: Clock): string | Promise<string> {
  if (typeof data === 'string') return data.slice(0, MAX_BYTES);
  if (typeof data !== 'object' || data === null) return '';
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return decode(data);
  if (isNodeStream(data)) return peekStream(data, clock);
  if (typeof Blob === 'function' && data instanceof Blob) return data.slice(0, MAX_BYTES).text();
  return isWebStream(data) ? '' : JSON.stringify(data).slice(0, MAX_BYTES);
}

function decode(data: ArrayBuffer | ArrayBufferView): string {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return new TextDecoder().decode(bytes.subarray(0, MAX_BYTES));
}

function peekStream(stream: NodeStream, clock: Clock): string | Promise<string> {
  // To read one that is at its end would end it before its reader listens.
  const isOver = stream.destroyed || (stream.complete === true && stream.readableLength === 0);
  if (isOver || stream.readableFlowing !== null || stream.readableObjectMode) return '';
  return new Promise((resolve) => {
    const events: readonly [string, () => void][] = [
      ['readable', look],
      ['error', () => end('')],
      ['close', () => end('')],
    ];
    const stopTimer = clock.setTimer(() => end(''), MAX_MS);
    for (const [event, listener] of events) stream.on(event, listener);
    function look(): void {
      if (stream.readableLength === 0) {
        end('');
        return;
      }
      const chunk = stream.read();
      stream.unshift(chunk);
      end(typeof chunk === 'string' ? chunk.slice(0, MAX_BYTES) : decode(chunk as Uint8Array));
    }
    function end(text: string): void {
      stopTimer();
      for (const [event, listener] of events) stream.off(event, listener);
      resolve(text);
    }
  });
}
