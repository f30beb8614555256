export type Fetch = typeof globalThis.fetch;

/** Our own fetches, each with what finds the bare one that it calls. */
const ours = new WeakMap<Fetch, FetchFinder>();

/** Finds the fetch to call; `recursing` when this very fetch is at work already. */
export type FetchFinder = (recursing: boolean) => Fetch;

/** Remembers that `own` is a fetch of ours. */
export function registerFetch(own: Fetch, find: FetchFinder): void {
  ours.set(own, find);
}

/** Remembers that `own` is a fetch of ours too, around `inner`; for adapters. */
export function registerWrapper(own: Fetch, inner: Fetch): void {
  ours.set(own, ours.get(inner) ?? (() => inner));
}

/**
 * What finds the fetch to call. A given one is used, or else the global one as it is at each call, so
 * that a mock or an instrumentation that is installed later is seen. A fetch of ours is never found,
 * only the bare one under it: no call is retried by two.
 */
export function fetchFinder(given: Fetch | undefined): FetchFinder {
  if (given !== undefined) return () => unwrap(given);
  const initial = globalThis.fetch;
  return (recursing) => {
    const current = globalThis.fetch;
    // Installed as the global one, or called by what wraps it there: the one from before is meant.
    return ours.has(current) || recursing ? unwrap(initial) : current;
  };
}

function unwrap(fetch: Fetch): Fetch {
  return ours.get(fetch)?.(true) ?? fetch;
}
