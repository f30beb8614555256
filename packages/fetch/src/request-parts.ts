/** What a fetch takes, in whatever types of the DOM a project has. */
export type Input = Parameters<typeof globalThis.fetch>[0];
export type Init = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
export type Body = NonNullable<Init['body']>;

/** The `Request` that is given as input, if it is one. */
export function requestOf(input: Input): Request | undefined {
  return typeof input === 'object' && input !== null && 'headers' in input ? input : undefined;
}

/** The method that a fetch of these would send, in upper case. */
export function methodOf(input: Input, init: Init | undefined): string {
  const method = init?.method;
  if (method === 'POST' || method === 'GET') return method;
  return String(method === undefined ? (requestOf(input)?.method ?? 'GET') : method).toUpperCase();
}

/** The signal that ends a fetch of these: that of `init`, even if it is null, before the `Request`'s. */
export function signalOf(input: Input, init: Init | undefined): AbortSignal | undefined {
  const signal = init?.signal;
  return signal === undefined ? requestOf(input)?.signal : (signal ?? undefined);
}

/** The URL that a fetch of these would go to, as given. */
export function urlOf(input: Input): string {
  return typeof input === 'string' ? input : (requestOf(input)?.url ?? String(input));
}

/** The headers that a fetch of these would send: those of `init` instead of the `Request`'s. */
export function headersOf(input: Input, init: Init | undefined): Init['headers'] {
  return init?.headers ?? requestOf(input)?.headers;
}
