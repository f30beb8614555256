import type { Facts, HeaderSource } from '../facts.js';
import type { Failure } from '../failure.js';
import { headerNames, readHeader } from '../http/headers.js';
import type { Outcome } from '../outcome.js';

/** The answer that closed a gate, as much of it as is kept to answer the calls that it refuses. */
export interface Refusal {
  readonly failure: Failure;
  /** `content-type` and the headers that tell of rate limits, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of its body, as text; `''` where none was read. */
  readonly body: string;
  /** What came of the attempt itself, the very value or error. */
  readonly outcome: Outcome<unknown>;
}

/** A refusal as it is handed to a call that is refused without a request. */
export interface GivenRefusal extends Refusal {
  /**
   * Milliseconds that are left of the wait that the server told, 0 or more; absent: it told none.
   * `headers` holds it as `retry-after`, in whole seconds rounded up, 1 or more (RFC 9110, 10.2.3).
   */
  readonly retryAfterMs?: number;
}

const KEPT = /^content-type$|rate-?limit/;

/** Keeps what is needed of an answer to refuse other calls with it. */
export function keepRefusal(facts: Facts, failure: Failure, outcome: Outcome<unknown>): Refusal {
  return { failure, headers: keepHeaders(facts.headers), body: facts.body ?? '', outcome };
}

/** The refusal for a call that is refused when `leftMs` milliseconds are left of the told wait. */
export function giveRefusal(refusal: Refusal, leftMs: number): GivenRefusal {
  if (!Number.isFinite(leftMs)) return refusal;
  const retryAfterMs = Math.max(0, leftMs);
  const headers = {
    ...refusal.headers,
    'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
  };
  return { ...refusal, headers, retryAfterMs };
}

function keepHeaders(source: HeaderSource | undefined): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name of headerNames(source)) {
    const value = KEPT.test(name) ? readHeader(source, name) : undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
