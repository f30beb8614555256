import { onAbort } from '@forbear/core';

const cuts = new WeakMap<Response, () => void>();

/**
 * Calls `cut` if `signal` aborts while somebody has `response`. The signal of an SDK lives as long as
 * the one that its user gave, perhaps as long as the program, and keeps nothing of the call.
 */
export function onCutBody(signal: AbortSignal, response: Response, cut: () => void): void {
  cuts.set(response, cut);
  watch(signal, refer(response));
}

/** Where there are no weak references, the signal keeps it. */
function refer(response: Response): { deref(): Response | undefined } {
  return typeof WeakRef === 'function' ? new WeakRef(response) : { deref: () => response };
}

/** A function of its own, since a callback keeps all that functions beside it use. */
function watch(signal: AbortSignal, held: { deref(): Response | undefined }): void {
  onAbort(signal, () => {
    const response = held.deref();
    if (response !== undefined) cuts.get(response)?.();
  });
}
