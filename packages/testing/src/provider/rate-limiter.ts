/**
 * How requests of one key are limited. Requests that are refused do not count.
 *
 * `window`: at most `limit` requests in `perMs` milliseconds; a window starts with the first request
 * after the last one ended, and its reset is its end. `bucket`: a burst of `limit`, and one more each
 * `perMs / limit` milliseconds; its reset is when the bucket is full again, which is later than when
 * a refused request may come back.
 */
export interface RateLimit {
  readonly shape: 'window' | 'bucket';
  /** Requests, at least 1. */
  readonly limit: number;
  /** Milliseconds, more than 0. */
  readonly perMs: number;
}

/** What the limiter says to one request. */
export interface Admission {
  readonly admitted: boolean;
  /** Requests that would be let in now. */
  readonly remaining: number;
  /** When a refused request may come back, in Unix milliseconds. */
  readonly freeAtMs: number;
  /** When the window ends or the bucket is full, in Unix milliseconds. */
  readonly resetAtMs: number;
}

/** Forgives what sums of fractions lose. */
const EPSILON_MS = 1e-6;

interface State {
  /** window: its end. bucket: when it will be full again. */
  readonly resetAtMs: number;
  /** window: the requests in it. */
  readonly used: number;
}

function admitToWindow(state: State | undefined, limit: RateLimit, nowMs: number) {
  const open = state !== undefined && nowMs < state.resetAtMs;
  const resetAtMs = open ? state.resetAtMs : nowMs + limit.perMs;
  const used = open ? state.used : 0;
  const admitted = used < limit.limit;
  const next = { resetAtMs, used: admitted ? used + 1 : used };
  return { next, admitted, remaining: limit.limit - next.used, freeAtMs: resetAtMs };
}

/** The generic cell rate algorithm: a bucket is known by the moment at which it is full. */
function admitToBucket(state: State | undefined, limit: RateLimit, nowMs: number) {
  const each = limit.perMs / limit.limit;
  const fullAtMs = Math.max(state?.resetAtMs ?? nowMs, nowMs);
  const freeAtMs = fullAtMs + each - limit.perMs;
  const admitted = freeAtMs <= nowMs + EPSILON_MS;
  const next = { resetAtMs: admitted ? fullAtMs + each : fullAtMs, used: 0 };
  const room = limit.perMs - (next.resetAtMs - nowMs);
  return {
    next,
    admitted,
    remaining: Math.max(0, Math.floor((room + EPSILON_MS) / each)),
    freeAtMs,
  };
}

/** Counts the requests of each key. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #states = new Map<string, State>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  admit(credential: string, nowMs: number): Admission {
    const admit = this.#limit.shape === 'window' ? admitToWindow : admitToBucket;
    const { next, ...said } = admit(this.#states.get(credential), this.#limit, nowMs);
    this.#states.set(credential, next);
    return { ...said, resetAtMs: next.resetAtMs };
  }

  clear(): void {
    this.#states.clear();
  }
}

/** Milliseconds as whole seconds, rounded up. */
export function wholeSeconds(ms: number): number {
  return Math.ceil((ms - EPSILON_MS) / 1000);
}
