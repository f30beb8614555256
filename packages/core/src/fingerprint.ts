/** Two different odd offsets make one 64-bit fingerprint of two 32-bit hashes. */
const OFFSETS = [0x811c9dc5, 0x9e3779b1];
const PRIME = 0x01000193;

/**
 * A short name for a request, the same for the same request (FNV-1a, twice): so that nothing of the
 * request itself has to be kept.
 */
export function fingerprintOf(...parts: readonly string[]): string {
  return OFFSETS.map((offset) => hash(parts, offset).toString(36)).join('.');
}

function hash(parts: readonly string[], offset: number): number {
  let state = offset;
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) {
      state = Math.imul(state ^ part.charCodeAt(index), PRIME);
    }
    state = Math.imul(state ^ part.length, PRIME);
  }
  return state >>> 0;
}
