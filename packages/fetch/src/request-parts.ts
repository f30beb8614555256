/** What a fetch takes, in whatever types of the DOM a project has. */
export type Input = Parameters<typeof globalThis.fetch>[0];
export type Init = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
export type Body = NonNullable<Init['body']>;

/** The method that a fetch of these would send. */
export function methodOf(input: Input, init: Init | undefined): string {
  const method =
    init?.method ?? (typeof input === 'object' && 'method' in input ? input.method : 'GET');
  return String(method).toUpperCase();
}

/** The signal that ends a fetch of these: that of `init`, even if it is null, before the `Request`'s. */
export function signalOf(input: Input, init: Init | undefined): AbortSignal | undefined {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return typeof input === 'object' && 'signal' in input ? input.signal : undefined;
}

/** The URL that a fetch of these would go to, as given. */
export function urlOf(input: Input): string {
  return typeof input === 'object' && input !== null && 'url' in input ? input.url : String(input);
}

/** The headers that a fetch of these would send: those of `init` instead of the `Request`'s. */
export function headersOf(input: Input, init: Init | undefined): Init['headers'] {
  return (
    init?.headers ?? (typeof input === 'object' && 'headers' in input ? input.headers : undefined)
  );
}
