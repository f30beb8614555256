import type { Refusal } from './gate/refusal.js';

/** How long a refrained call is remembered at least: LangChain.js waits for up to 64 seconds. */
const REMEMBERED_MS = 120_000;

/** How many are remembered, and how many where repetitions are refused. */
const MOST_REMEMBERED = 100;
const MOST_REFUSED = 1000;

/** What repeats calls above us, and what makes it stop. */
export interface Layer {
  /** Its name, as people call it. */
  readonly name: string;
  /** What its user can do. */
  readonly remedy: string;
}

/** A layer that nobody could tell. */
export const SOME_LAYER: Layer = Object.freeze({
  name: 'a loop above',
  remedy: 'let it make one attempt: what is safe to repeat is repeated here',
});

interface Refrained {
  readonly call: number;
  readonly atMs: number;
  readonly refusal: Refusal | undefined;
  times: number;
}

/** A call that came again after we had refrained from repeating it. */
export interface Repetition {
  /** The number of the call that was refrained from. */
  readonly of: number;
  /** How often it has come again, from 1. */
  readonly times: number;
  /** What that call ended with, if this one is to be refused with it. */
  readonly refusal?: Refusal;
}

/**
 * Remembers what was not repeated because it may have been done, to notice when a layer above repeats
 * it all the same: for two minutes, or for as long as repetitions are refused. At most the latest 100 are
 * remembered, or 1,000 where they are refused, by their fingerprints.
 */
export class RefrainedCalls {
  readonly #calls = new Map<string, Refrained>();
  readonly #refusedMs: number;
  readonly #most: number;

  /** @param refuseMs how long repetitions are refused, in milliseconds; `undefined`: they are not */
  constructor(refuseMs: number | undefined = undefined) {
    this.#refusedMs = refuseMs ?? Number.NEGATIVE_INFINITY;
    this.#most = refuseMs === undefined ? MOST_REMEMBERED : MOST_REFUSED;
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** A call was given up because its work may have been done. */
  remember(fingerprint: string, call: number, nowMs: number, refusal?: Refusal): void {
    // It keeps the number of the first, so that the whole series has one name.
    const known = this.#find(fingerprint, nowMs);
    this.#calls.delete(fingerprint);
    this.#calls.set(fingerprint, {
      call: known?.call ?? call,
      atMs: nowMs,
      refusal,
      times: known?.times ?? 0,
    });
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= this.#most) break;
      this.#calls.delete(oldest);
    }
  }

  /** A call starts: whether it repeats one of these. */
  recognise(fingerprint: string, nowMs: number): Repetition | undefined {
    const known = this.#find(fingerprint, nowMs);
    if (known === undefined) return undefined;
    known.times++;
    const { call: of, times, atMs, refusal } = known;
    const isRefused = refusal !== undefined && nowMs - atMs <= this.#refusedMs;
    return { of, times, ...(isRefused && { refusal }) };
  }

  #find(fingerprint: string, nowMs: number): Refrained | undefined {
    const known = this.#calls.get(fingerprint);
    const mostMs = Math.max(REMEMBERED_MS, this.#refusedMs);
    if (known === undefined || nowMs - known.atMs <= mostMs) return known;
    this.#calls.delete(fingerprint);
    return undefined;
  }
}
