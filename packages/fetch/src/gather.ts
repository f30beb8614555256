import {
  type Attempt,
  type Clock,
  carriesIdempotencyKey,
  type Facts,
  type IdempotencyKey,
  isBodyTelling,
  type Outcome,
  type ProviderProfile,
  type RequestHeaders,
} from '@forbear/core';
import type { BodyPlan } from './body.js';
import { peekBody } from './peek.js';
import { headersOf, type Init, type Input, signalOf, urlOf } from './request-parts.js';
import type { AttemptEnd, Sent } from './wire.js';

/** What the facts of a call's attempts are gathered from. */
export interface Gathering {
  readonly input: Input;
  readonly init: Init | undefined;
  readonly plan: BodyPlan;
  readonly provider: ProviderProfile;
  /** The honoured key that each attempt carries. */
  readonly idempotencyKey: IdempotencyKey | undefined;
  readonly clock: Clock;
  /** Whether the body of each failure is kept, to answer the same call with it. */
  readonly keepsBodies: boolean;
  /** Whether a limiter wants the headers of successes too. */
  readonly limited: boolean;
  /** What the wire tells of the attempt that has just ended. */
  readonly readSent: (error: unknown, end: AttemptEnd) => Sent | Promise<Sent>;
}

/** The facts of an attempt; those of a success cost nothing, unless its API hides errors in successes. */
export function gatherFacts(
  from: Gathering,
  outcome: Outcome<Response>,
  attempt: Attempt,
): Facts | Promise<Facts> {
  if (!outcome.ok || outcome.value.status >= 400) return gatherFailure(from, outcome, attempt);
  const { status, headers } = outcome.value;
  if (!isBodyTelling(status, from.provider) || !isSmallJson(outcome.value)) {
    return from.limited ? { status, headers } : { status };
  }
  return gatherFailure(from, outcome, attempt);
}

async function gatherFailure(
  { input, init, plan, provider, idempotencyKey, clock, keepsBodies, readSent }: Gathering,
  outcome: Outcome<Response>,
  { signal }: Attempt,
): Promise<Facts> {
  const callers = signalOf(input, init);
  const shared = {
    sent: outcome.ok
      ? 'yes'
      : await readSent(outcome.error, { signal: callers, url: urlOf(input) }),
    // Nothing is sent again after an abort, and a body may still be coming.
    replayable: callers?.aborted === true || (await isReplayable(plan)),
    hasIdempotencyKey:
      idempotencyKey !== undefined ||
      carriesIdempotencyKey(headersOf(input, init) as RequestHeaders | undefined, provider),
    idempotencyKeyHonoured: idempotencyKey !== undefined,
  };
  // Somebody may throw nothing at all.
  if (!outcome.ok) return { ...shared, error: outcome.error ?? 'nothing was thrown' };
  const response = outcome.value;
  const { status, headers } = response;
  const isRead = keepsBodies || CLOSING.has(status) || isBodyTelling(status, provider);
  if (!isRead) return { ...shared, status, headers };
  return { ...shared, status, headers, body: await peekBody(response, clock, signal) };
}

async function isReplayable(plan: BodyPlan): Promise<boolean> {
  try {
    return (await plan.replayable?.()) ?? true;
  } catch {
    return false;
  }
}

/** Statuses that may close a gate, so that their bodies answer others that are refused. */
const CLOSING: ReadonlySet<number> = new Set([402, 429, 503, 529]);

/** A JSON answer of a known length above this is no error in disguise. */
const MOST_BYTES = 16 * 1024;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

function isSmallJson({ headers }: Response): boolean {
  if (!JSON_TYPE.test(headers?.get('content-type') ?? '')) return false;
  const length = headers.get('content-length');
  return length === null || Number(length) <= MOST_BYTES;
}
