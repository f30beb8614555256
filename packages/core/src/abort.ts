interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `callback` once if `signal` aborts, until the returned function is called. However many calls
 * wait on one signal, it has one listener of ours, and none when nobody waits.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = waiting.get(signal) ?? listen(signal);
  const own = () => callback();
  callbacks.add(own);
  return () => {
    callbacks.delete(own);
    if (callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    waiting.delete(signal);
  };
}

function listen(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = () => {
    waiting.delete(signal);
    for (const each of callbacks) each();
  };
  const added = { callbacks, listener };
  waiting.set(signal, added);
  signal.addEventListener('abort', listener, { once: true });
  return added;
}

/**
 * Gives what `making` gives, unless `signal` aborts before: then it rejects at once with the reason
 * itself, and what comes later is given to `free`.
 */
export async function untilAborted<T>(
  making: Promise<T>,
  signal: AbortSignal,
  free: (value: T) => unknown,
): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => {
      making.then(free).catch(() => {});
      reject(signal.reason);
    });
  });
  try {
    return await Promise.race([making, aborted]);
  } finally {
    stop?.();
  }
}
