import type { Failure } from './failure.js';
import type { ToldWait } from './next-wait.js';
import { originalOf } from './shadow.js';
import type { StopReason } from './stop-reason.js';

/** One attempt of a call, as it was. */
export interface AttemptTrace {
  /** From 1. */
  readonly number: number;
  /** The HTTP status, when an answer came. */
  readonly status?: number;
  /** What was wrong; absent: it succeeded. */
  readonly failure?: Failure;
  /** Milliseconds from its start to its headers or its failure. */
  readonly durationMs: number;
  /** The wait that the server named in its answer. */
  readonly told?: ToldWait;
  /** The wait after it in milliseconds, its hold in the gate included; absent: it was the last. */
  readonly waitMs?: number;
  /** The server's own name for the request. */
  readonly requestId?: string;
}

/** The time that a call was held in the gate of its key, or queued by a limiter. */
export interface HoldTrace {
  /** The attempt that it waited to make, from 1. */
  readonly beforeAttempt: number;
  /** Milliseconds. */
  readonly heldMs: number;
  /** Whether a limiter made it wait; otherwise its key was told to. */
  readonly queued?: true;
}

/** What happened to a call, as data. It holds no bodies, no credentials and no query. */
export interface Trace {
  readonly outcome: 'success' | 'give-up';
  readonly method?: string;
  /** The name of the provider's profile. */
  readonly provider: string;
  /** Whether that provider promises to do work with the same idempotency key only once. */
  readonly idempotencyKeyHonoured: boolean;
  /** What may be shown of its key: no credential. */
  readonly key: string;
  readonly attempts: readonly AttemptTrace[];
  /** Holds in the gate that were no told wait of its own, and waits in the queue of a limiter. */
  readonly holds: readonly HoldTrace[];
  /** Milliseconds from the start of the call to its end. */
  readonly elapsedMs: number;
  /** Why it was given up. */
  readonly reason?: StopReason;
  /** What its caller can do about that. */
  readonly remedy?: string;
  /** When another call may succeed, in Unix milliseconds, if the server said so. */
  readonly retryAt?: number;
  /** What closed the gate, if that ended the call; another call was refused so. */
  readonly refusal?: Failure;
  /** Whether what it handed out was rebuilt from that refusal: no request was made for it. */
  readonly rebuilt: boolean;
  /** Whether a failed attempt may have been done, and billed, all the same. */
  readonly mayHaveBeenBilled: boolean;
  /** The most that it can have been billed for: attempts whose work may have been done. */
  readonly possibleBills: number;
  /** Malformed hints and the like. */
  readonly notes: readonly string[];
}

/** Anything that can make its trace when somebody asks. */
export interface Traced {
  trace(): Trace;
}

const traced = new WeakMap<object, Traced>();

const MAX_CAUSES = 8;

/** Remembers what became of the call that handed out `value`. */
export function rememberTrace(value: unknown, call: Traced): void {
  if (typeof value === 'object' && value !== null) traced.set(value, call);
}

/**
 * The trace of the call that handed out this response or error: found by the value itself, by the
 * `headers` that it shares, or along its `cause`. A primitive and a shared abort reason have none.
 */
export function traceOf(value: unknown): Trace | undefined {
  return findTraced(value)?.trace();
}

/** Lets `to` have the trace that `from` has, if it has one; for adapters. */
export function shareTrace(from: unknown, to: object): void {
  const found = findTraced(from);
  if (found !== undefined) traced.set(to, found);
}

function findTraced(value: unknown): Traced | undefined {
  let current = value;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    if (typeof current !== 'object' || current === null) return undefined;
    const found = traced.get(current) ?? findByHeaders(current);
    if (found !== undefined) return found;
    current = (current as { cause?: unknown }).cause;
  }
  return undefined;
}

/** The `headers` of a response or an error, if it has such an object. */
export function headersOf(value: unknown): object | undefined {
  try {
    const { headers } = value as { headers?: unknown };
    return typeof headers === 'object' && headers !== null ? headers : undefined;
  } catch {
    return undefined;
  }
}

function findByHeaders(value: object): Traced | undefined {
  const headers = headersOf(value);
  return headers && traced.get(originalOf(headers));
}
