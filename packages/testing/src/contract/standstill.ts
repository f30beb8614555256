/** How often it is looked whether anything has happened. */
const LOOK_MS = 20;

/** So many looks in a row at which nothing had happened, on a machine however slow. */
const MOST_LOOKS = 75;

/**
 * Calls back once when `progress` has stood still for long, as when a client waits for ever for a
 * connection that nobody gives back; `undefined`: there is nothing to be done. Returns what ends it.
 */
export function onStandstill(progress: () => number | undefined, callback: () => void): () => void {
  let last: number | undefined;
  let looks = 0;
  const timer = setInterval(() => {
    const now = progress();
    looks = now !== undefined && now === last ? looks + 1 : 0;
    last = now;
    if (looks < MOST_LOOKS) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
