import {
  type Attempt,
  type Clock,
  type Facts,
  genericProfile,
  type Outcome,
  type ProviderProfile,
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
  readonly clock: Clock;
  /** Whether the body of each failure is kept, to answer the same call with it. */
  readonly keepsBodies: boolean;
  /** What the wire tells of the attempt that has just ended. */
  readonly readSent: (error: unknown, end: AttemptEnd) => Sent | Promise<Sent>;
}

/** The facts of an attempt; those of a success cost nothing. */
export function gatherFacts(
  from: Gathering,
  outcome: Outcome<Response>,
  attempt: Attempt,
): Facts | Promise<Facts> {
  if (outcome.ok && outcome.value.status < 400) return { status: outcome.value.status };
  return gatherFailure(from, outcome, attempt);
}

async function gatherFailure(
  { input, init, plan, provider, clock, keepsBodies, readSent }: Gathering,
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
    hasIdempotencyKey: hasIdempotencyKey(input, init),
  };
  // Somebody may throw nothing at all.
  if (!outcome.ok) return { ...shared, error: outcome.error ?? 'nothing was thrown' };
  const response = outcome.value;
  const { status, headers } = response;
  if (!keepsBodies && !isBodyTelling(status, provider)) return { ...shared, status, headers };
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

/** Whether any rule for the status looks at the body, or others may be refused with it. */
function isBodyTelling(status: number, provider: ProviderProfile): boolean {
  if (CLOSING.has(status)) return true;
  return [...provider.rules, ...genericProfile.rules].some(
    (rule) => rule.status === status && (rule.code ?? rule.type ?? rule.envelope) !== undefined,
  );
}

function hasIdempotencyKey(input: Input, init: Init | undefined): boolean {
  const given = headersOf(input, init);
  try {
    return given !== undefined && new Headers(given).has('idempotency-key');
  } catch {
    return false;
  }
}
