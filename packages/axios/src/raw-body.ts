/** Whether these are those of Node. */
export const isNode = false;

/** The bytes of a body, as the adapters of the web give them. */
export function bytesOf(body: string): ArrayBufferLike {
  return new TextEncoder().encode(body).buffer;
}

/** A stream of a body, as the adapters of the web give it. */
export function streamOf(body: string): ReadableStream {
  return new Blob([body]).stream();
}
