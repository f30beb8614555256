import { Readable } from 'node:stream';

/** Whether these are those of Node. */
export const isNode = true;

/** The bytes of a body, as the adapter of Node gives them. */
export function bytesOf(body: string): Buffer {
  return Buffer.from(body);
}

/** A stream of a body, as the adapter of Node gives it. */
export function streamOf(body: string): Readable {
  return Readable.from([Buffer.from(body)], { objectMode: false });
}
