/** How long a refrained call is remembered: the waits of the loops and SDKs above are shorter. */
const REMEMBERED_MS = 60_000;

const MOST_REMEMBERED = 100;

interface Refrained {
  readonly call: number;
  readonly atMs: number;
  times: number;
}

/** A call that came again after we had refrained from repeating it. */
export interface Repetition {
  /** The number of the call that was refrained from. */
  readonly of: number;
  /** How often it has come again, from 1. */
  readonly times: number;
}

/**
 * Remembers for a minute what was not repeated because it may have been done, to notice when a layer
 * above repeats it all the same. At most the latest 100 are remembered, by their fingerprints.
 */
export class RefrainedCalls {
  readonly #calls = new Map<string, Refrained>();

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** A call was given up because its work may have been done. */
  remember(fingerprint: string, call: number, nowMs: number): void {
    // It keeps the number of the first, so that the whole series has one name.
    const known = this.#find(fingerprint, nowMs);
    this.#calls.delete(fingerprint);
    this.#calls.set(fingerprint, {
      call: known?.call ?? call,
      atMs: nowMs,
      times: known?.times ?? 0,
    });
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= MOST_REMEMBERED) break;
      this.#calls.delete(oldest);
    }
  }

  /** A call starts: whether it repeats one of these. */
  recognise(fingerprint: string, nowMs: number): Repetition | undefined {
    const known = this.#find(fingerprint, nowMs);
    if (known === undefined) return undefined;
    known.times++;
    return { of: known.call, times: known.times };
  }

  #find(fingerprint: string, nowMs: number): Refrained | undefined {
    const known = this.#calls.get(fingerprint);
    if (known === undefined || nowMs - known.atMs <= REMEMBERED_MS) return known;
    this.#calls.delete(fingerprint);
    return undefined;
  }
}
