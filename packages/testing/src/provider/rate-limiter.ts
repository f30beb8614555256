/**
 * How requests of one key, or their tokens, are limited. Requests that are refused do not count.
 *
 * `window`: at most `limit` units in `perMs` milliseconds; a window starts with the first request after
 * the last one ended, and its reset is its end. `bucket`: a burst of `limit`, and one more each
 * `perMs / limit` milliseconds; its reset is when the bucket is full again, which is later than when
 * a refused request may come back.
 */
export interface RateLimit {
  readonly shape: 'window' | 'bucket';
  /** Units, at least 1. */
  readonly limit: number;
  /** Milliseconds, more than 0. */
  readonly perMs: number;
}

/** What the limiter says to one request. */
export interface Admission {
  readonly admitted: boolean;
  /** Units that would be let in now. */
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
  /** window: the units in it. */
  readonly used: number;
}

interface Arrival {
  readonly limit: RateLimit;
  readonly nowMs: number;
  /** Units that it takes. */
  readonly amount: number;
}

function admitToWindow(state: State | undefined, { limit, nowMs, amount }: Arrival) {
  const open = state !== undefined && nowMs < state.resetAtMs;
  const resetAtMs = open ? state.resetAtMs : nowMs + limit.perMs;
  const used = open ? state.used : 0;
  const admitted = used + amount <= limit.limit;
  const next = { resetAtMs, used: admitted ? used + amount : used };
  const remaining = Math.max(0, limit.limit - next.used);
  return { next, admitted, remaining, freeAtMs: resetAtMs };
}

/** The generic cell rate algorithm: a bucket is known by the moment at which it is full. */
function admitToBucket(state: State | undefined, { limit, nowMs, amount }: Arrival) {
  const each = limit.perMs / limit.limit;
  const fullAtMs = Math.max(state?.resetAtMs ?? nowMs, nowMs);
  const freeAtMs = fullAtMs + amount * each - limit.perMs;
  const admitted = freeAtMs <= nowMs + EPSILON_MS;
  const next = { resetAtMs: admitted ? fullAtMs + amount * each : fullAtMs, used: 0 };
  const room = limit.perMs - (next.resetAtMs - nowMs);
  return {
    next,
    admitted,
    remaining: Math.max(0, Math.floor((room + EPSILON_MS) / each)),
    freeAtMs,
  };
}

/** Counts the requests of each key, or their tokens. */
export class RateLimiter {
  #limit: RateLimit;
  readonly #states = new Map<string, State>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit.limit;
  }

  /** @param amount units that the request takes. @default 1 */
  admit(credential: string, nowMs: number, amount = 1): Admission {
    const { next, ...said } = this.#judge(credential, nowMs, amount);
    this.#states.set(credential, next);
    return said;
  }

  /** What `admit` would say, without counting anything. */
  look(credential: string, nowMs: number, amount: number): Admission {
    const { next: _, ...said } = this.#judge(credential, nowMs, amount);
    return said;
  }

  /** Goes on with another limit; what is used stays used. */
  change(limit: RateLimit, nowMs: number): void {
    const ratio = limit.perMs / limit.limit / (this.#limit.perMs / this.#limit.limit);
    if (limit.shape === 'bucket') {
      for (const [key, { resetAtMs, used }] of this.#states) {
        const leftMs = Math.max(0, resetAtMs - nowMs) * ratio;
        this.#states.set(key, { resetAtMs: nowMs + leftMs, used });
      }
    }
    this.#limit = limit;
  }

  clear(): void {
    this.#states.clear();
  }

  #judge(credential: string, nowMs: number, amount: number) {
    const judge = this.#limit.shape === 'window' ? admitToWindow : admitToBucket;
    const judged = judge(this.#states.get(credential), { limit: this.#limit, nowMs, amount });
    return { ...judged, resetAtMs: judged.next.resetAtMs };
  }
}

/** Milliseconds as whole seconds, rounded up. */
export function wholeSeconds(ms: number): number {
  return Math.ceil((ms - EPSILON_MS) / 1000);
}
