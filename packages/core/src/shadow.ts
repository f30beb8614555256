const originals = new WeakMap<object, object>();

/**
 * Tells that an adapter hands out `shadow` in place of a server's `headers`, so that what the adapter
 * says to the layer above is not taken for the server's word by a layer of ours above that.
 */
export function rememberShadow(shadow: object, headers: object): void {
  originals.set(shadow, originalOf(headers));
}

/** The server's own headers behind these. */
export function originalOf<Headers extends object>(headers: Headers): Headers {
  return (originals.get(headers) as Headers | undefined) ?? headers;
}
