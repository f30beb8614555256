import type { Failure } from '../failure.js';
import type { ToldWait } from '../next-wait.js';

/** For how long a failed attempt closes the gate of its key. */
export interface Closure {
  /**
   * Milliseconds from the answer on in which no request of the key is sent: what the server told, or
   * a guess where it told nothing. `Infinity`: until a probe succeeds, since the wallet is empty.
   */
  readonly ms: number;
  /** Milliseconds that are added to it, so that many processes do not come back together. */
  readonly jitterMs: number;
}

/** How long a rate limit that names no time closes a gate when its own call is not repeated. */
const UNHINTED_CLOSURE_MS = 1000;

/** What a failure whose call is given up closes the gate for. */
export function closureOf(
  failure: Failure,
  nowMs: number,
  told: ToldWait | undefined,
  jitterMs: number,
): Closure | undefined {
  if (failure.concerns !== 'key') return undefined;
  if (failure.kind === 'quota-exhausted') {
    const ms = (failure.resetsAt ?? Number.POSITIVE_INFINITY) - nowMs;
    return { ms: Math.max(0, ms), jitterMs: Number.isFinite(ms) ? jitterMs : 0 };
  }
  if (told !== undefined) return { ms: told.ms, jitterMs };
  return failure.kind === 'rate-limited' ? { ms: UNHINTED_CLOSURE_MS, jitterMs: 0 } : undefined;
}
