/** The bytes of an `ArrayBuffer` or of any view of one; `undefined` for everything else. */
export function bytesOf(body: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}

/** Arguments of one call; more could overflow the stack. */
const MOST_ARGUMENTS = 4_096;

/** At most `most` bytes as text, one UTF-16 unit each; right for ASCII only. */
export function latin1(bytes: Uint8Array, most: number): string {
  let text = '';
  const end = Math.min(most, bytes.length);
  for (let at = 0; at < end; at += MOST_ARGUMENTS) {
    const some = bytes.subarray(at, Math.min(end, at + MOST_ARGUMENTS));
    text += String.fromCharCode.apply(undefined, some as unknown as number[]);
  }
  return text;
}
