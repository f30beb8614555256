import type { FailureKind } from './failure.js';

/**
 * How random a wait is. `full`: anything from 0 to the computed wait. `equal`: its upper half.
 * `decorrelated`: from the initial wait to three times the last one. `none`: exactly it.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** A wait that grows with every retry. */
export interface ExponentialBackoff {
  readonly type?: 'exponential';
  /** Milliseconds before the first retry, above 0. @default 500 */
  readonly initialMs?: number;
  /** What each next wait is multiplied by, 1 or more. @default 2 */
  readonly factor?: number;
  /** The longest wait in milliseconds. @default 20000 */
  readonly maxMs?: number;
  /** @default 'full' */
  readonly jitter?: Jitter;
}

/** The same wait before every retry. */
export interface ConstantBackoff {
  readonly type: 'constant';
  /** Milliseconds, 0 or more. */
  readonly delayMs: number;
  /** @default 'none' */
  readonly jitter?: Exclude<Jitter, 'decorrelated'>;
}

/** What a backoff function is told. */
export interface BackoffContext {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly kind: FailureKind;
  /** The wait before this attempt, in milliseconds; 0 before the first. */
  readonly previousWaitMs: number;
  /** A random number in [0, 1), so that the function can be pure. */
  readonly random: number;
}

/** The user's own backoff: milliseconds, 0 or more. What it returns is waited, without jitter. */
export type BackoffFunction = (context: BackoffContext) => number;

export type Backoff = ExponentialBackoff | ConstantBackoff | BackoffFunction;

export const DEFAULT_BACKOFF = Object.freeze({
  type: 'exponential',
  initialMs: 500,
  factor: 2,
  maxMs: 20_000,
  jitter: 'full',
} as const);

/** A rate limit without a hint is waited out for at least half of this (equal jitter). */
const UNHINTED_RATE_LIMIT_MS = 2000;

export interface BackoffWait {
  /** The wait, jitter included. */
  readonly waitMs: number;
  /** The part of it that is not jitter. */
  readonly floorMs: number;
  /** Why the user's function was not followed. */
  readonly note?: string;
}

/**
 * The wait before the next attempt when the server named none. Pure.
 *
 * @param neverSent whether the request never left: then, and for a rate limit without a hint, the
 *   default jitter is equal, since full jitter can spend all retries inside one short blip
 */
export function nextBackoff(
  backoff: Backoff,
  context: BackoffContext,
  neverSent = false,
): BackoffWait {
  if (typeof backoff === 'function') return ownBackoff(backoff, context, neverSent);
  const { random } = context;
  if (backoff.type === 'constant') {
    return spread(backoff.delayMs, backoff.jitter ?? 'none', random);
  }
  const { initialMs, factor, maxMs } = { ...DEFAULT_BACKOFF, ...backoff };
  const ceiling = Math.min(maxMs, initialMs * factor ** (context.attempt - 1));
  if (backoff.jitter === 'decorrelated') {
    const upper = Math.max(initialMs, context.previousWaitMs * 3);
    const drawn = initialMs + random * (upper - initialMs);
    return { waitMs: Math.min(maxMs, drawn), floorMs: Math.min(maxMs, initialMs) };
  }
  if (backoff.jitter !== undefined) return spread(ceiling, backoff.jitter, random);
  if (context.kind === 'rate-limited') {
    return spread(Math.max(UNHINTED_RATE_LIMIT_MS, ceiling), 'equal', random);
  }
  return spread(ceiling, neverSent ? 'equal' : DEFAULT_BACKOFF.jitter, random);
}

function ownBackoff(
  backoff: BackoffFunction,
  context: BackoffContext,
  neverSent: boolean,
): BackoffWait {
  let returned: unknown;
  try {
    returned = backoff(context);
  } catch {
    returned = 'an exception';
  }
  if (typeof returned === 'number' && returned >= 0 && Number.isFinite(returned)) {
    return { waitMs: returned, floorMs: returned };
  }
  const note = `the backoff function returned ${String(returned).slice(0, 64)}, not milliseconds; the default was used`;
  return { ...nextBackoff({}, context, neverSent), note };
}

function spread(ms: number, jitter: Exclude<Jitter, 'decorrelated'>, random: number): BackoffWait {
  if (jitter === 'none') return { waitMs: ms, floorMs: ms };
  const floorMs = jitter === 'equal' ? ms / 2 : 0;
  return { waitMs: floorMs + random * (ms - floorMs), floorMs };
}
