import type { Backoff } from './backoff.js';
import { classify, isSuccess } from './classify.js';
import { DEFAULTS } from './defaults.js';
import type { Facts } from './facts.js';
import type { Failure } from './failure.js';
import { type Closure, closureOf } from './gate/closure.js';
import { genericProfile } from './generic-profile.js';
import { forbidsRetry, readErrorBody } from './http/error-body.js';
import { readHeader } from './http/headers.js';
import { readRetryAfter } from './http/retry-after.js';
import { honoursKey } from './idempotency-key.js';
import { addedJitter, findWait, finite, readTold, type ToldWait } from './next-wait.js';
import type { ProviderProfile } from './profile.js';
import { type Question, STOP_REASONS, type StopReason } from './stop-reason.js';

/** What a policy lays down for decisions; every field has its default. */
export interface Rules {
  readonly provider?: ProviderProfile;
  readonly maxRetries?: number;
  /** Attempts that no call may exceed for any reason. @default none */
  readonly maxAttempts?: number | undefined;
  readonly maxRetryAfterMs?: number;
  readonly deadlineMs?: number | undefined;
  readonly repeatable?: boolean;
  readonly backoff?: Backoff;
}

export interface Retry {
  readonly action: 'retry';
  /** Milliseconds to wait, jitter included; never below `told`. */
  readonly waitMs: number;
  readonly told?: ToldWait;
  /** What closes the gate of its key; the wait is then spent in that gate. */
  readonly closes?: Closure;
  /** The server scheduled it by a told wait of the key, so it does not count against `maxRetries`. */
  readonly scheduled: boolean;
  /** Whether it takes a token of the key's retry budget. */
  readonly paysBudget: boolean;
  readonly failure: Failure;
  readonly notes: readonly string[];
}

export interface GiveUp {
  readonly action: 'give-up';
  readonly reason: StopReason;
  /** The question that the reason answers with *no*. */
  readonly question: Question;
  readonly told?: ToldWait;
  /** When another call may succeed, in Unix milliseconds, if the server said so. */
  readonly retryAt?: number;
  /** What closes the gate of its key to the other calls. */
  readonly closes?: Closure;
  readonly failure: Failure;
  readonly notes: readonly string[];
}

export type Decision = { readonly action: 'succeed' } | Retry | GiveUp;

/** The decision on every success. */
export const SUCCEED: Decision = Object.freeze({ action: 'succeed' });

/** RFC 9110, section 9.2.2: repeating these has the effect of doing them once. */
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/i;

/** What SDKs are told by: OpenAI, Anthropic and Groq; Stripe. */
const ADVICE = ['x-should-retry', 'stripe-should-retry'];

/** The last moment that a `Date` can hold (ECMA-262, 21.4.1.1). */
const LATEST_DATE_MS = 8.64e15;

/** No time changes these, whatever a reset beside them says. */
const TIMELESS: ReadonlySet<StopReason> = new Set(['permanent', 'quota-exhausted', 'aborted']);

/** A server that tells shorter waits again and again would be stormed by what counts against nothing. */
const SHORTEST_SCHEDULE_MS = 100;

/** Scheduled retries do not count against `maxRetries`; this bounds them where that is smaller. */
const MAX_SCHEDULED_RETRIES = 10;

/**
 * Decides whether an attempt ends its call or is repeated, and when: would it help, is it safe, may
 * we, and when. Pure, and total: any facts give a decision, nothing is thrown.
 */
export function decide(facts: Facts, rules: Rules = {}): Decision {
  const profile = rules.provider ?? genericProfile;
  if (isSuccess(facts, profile)) return SUCCEED;

  const nowMs = finite(facts.nowMs, 0);
  const hint = readRetryAfter(facts.headers, nowMs);
  const body = readErrorBody(facts.body);
  const failure = classify(facts, profile, hint?.waitMs !== undefined, body);
  const notes = (hint?.malformed ?? []).map((each) => `malformed and ignored: ${each}`);
  const told = readTold(facts, { profile, hint, body, failure });
  const scheduled =
    told !== undefined && told.ms >= SHORTEST_SCHEDULE_MS && failure.concerns === 'key';
  const paysBudget = failure.evidence !== 'not-sent' && failure.kind !== 'rate-limited';
  const giveUp = (reason: StopReason): GiveUp => {
    const closes = closureOf(failure, nowMs, told, addedJitter(facts, told));
    const retryAt =
      told !== undefined && !TIMELESS.has(reason) ? nowMs + told.ms : failure.resetsAt;
    return {
      action: 'give-up',
      reason,
      question: STOP_REASONS[reason].question,
      ...(told && { told }),
      ...(retryAt !== undefined && { retryAt: Math.min(retryAt, LATEST_DATE_MS) }),
      ...(closes && { closes }),
      failure,
      notes,
    };
  };

  const stop =
    wouldNotHelp(facts, failure, hint?.doNotRetry === true || forbidsRetry(body)) ??
    isUnsafe(facts, failure, rules, profile, notes) ??
    mayNot(facts, rules, scheduled, paysBudget);
  if (stop !== undefined) return giveUp(stop);

  if (told !== undefined && told.ms > (rules.maxRetryAfterMs ?? DEFAULTS.maxRetryAfterMs)) {
    return giveUp('retry-after-too-long');
  }
  const wait = findWait(facts, rules.backoff, failure, told);
  if (wait.note !== undefined) notes.push(wait.note);
  const leftMs = (rules.deadlineMs ?? Number.POSITIVE_INFINITY) - finite(facts.elapsedMs, 0);
  if (wait.floorMs >= leftMs) return giveUp('past-deadline');
  // Jitter alone never makes a call miss its deadline: the rest of the time is halved instead.
  const waitMs = Math.min(wait.waitMs, wait.floorMs + (leftMs - wait.floorMs) / 2);
  const closes =
    scheduled || failure.kind === 'rate-limited'
      ? { ms: wait.floorMs, jitterMs: waitMs - wait.floorMs }
      : undefined;
  return {
    action: 'retry',
    waitMs,
    ...(told && { told }),
    ...(closes && { closes }),
    scheduled,
    paysBudget,
    failure,
    notes,
  };
}

/** Whether the method promises that doing it twice is doing it once (RFC 9110, 9.2.2). */
export function isIdempotent(method: string | undefined): boolean {
  return typeof method === 'string' && IDEMPOTENT.test(method);
}

function wouldNotHelp(facts: Facts, failure: Failure, pushedBack: boolean): StopReason | undefined {
  if (failure.kind === 'aborted' || facts.aborted) return 'aborted';
  const advice = ADVICE.map((name) => readHeader(facts.headers, name)?.toLowerCase()).find(Boolean);
  if (pushedBack || advice === 'false') return 'forbidden-by-server';
  if (failure.kind === 'quota-exhausted') return 'quota-exhausted';
  if (failure.transient) return undefined;
  const allowed = advice === 'true' && failure.effect === 'none' && failure.kind !== 'never-fits';
  return allowed ? undefined : 'permanent';
}

function isUnsafe(
  facts: Facts,
  failure: Failure,
  rules: Rules,
  profile: ProviderProfile,
  notes: string[],
): StopReason | undefined {
  if (failure.effect === 'none' || isIdempotent(facts.method)) return undefined;
  if (facts.repeatable ?? rules.repeatable) return undefined;
  if (honoursKey(facts, profile)) return undefined;
  if (facts.hasIdempotencyKey) notes.push(`${profile.name} does not honour its idempotency key`);
  return failure.effect === 'done' ? 'done' : 'may-have-been-done';
}

function mayNot(
  facts: Facts,
  rules: Rules,
  scheduled: boolean,
  paysBudget: boolean,
): StopReason | undefined {
  if (facts.replayable === false) return 'not-replayable';
  const { maxRetries = DEFAULTS.maxRetries, maxAttempts = Number.POSITIVE_INFINITY } = rules;
  const attempts = finite(facts.attempt, 1);
  const scheduledRetries = finite(facts.scheduledRetries, 0);
  if (attempts >= maxAttempts || maxRetries === 0) return 'max-retries';
  if (scheduled) {
    if (scheduledRetries >= Math.max(MAX_SCHEDULED_RETRIES, maxRetries)) return 'still-refused';
  } else if (attempts - 1 - scheduledRetries >= maxRetries) {
    return 'max-retries';
  }
  return paysBudget && (facts.retriesAllowed ?? 1) < 1 ? 'retry-budget' : undefined;
}
