import { type Backoff, nextBackoff } from './backoff.js';
import { classify, isSuccess } from './classify.js';
import { DEFAULTS } from './defaults.js';
import type { Facts } from './facts.js';
import type { Failure } from './failure.js';
import { genericProfile } from './generic-profile.js';
import { readHeader } from './http/headers.js';
import { readRateLimits, toldByReset } from './http/rate-limit.js';
import { readRetryAfter } from './http/retry-after.js';
import type { ProviderProfile } from './profile.js';
import { type Question, STOP_REASONS, type StopReason } from './stop-reason.js';

/** What a policy lays down for decisions; every field has its default. */
export interface Rules {
  readonly provider?: ProviderProfile;
  readonly maxRetries?: number;
  readonly maxRetryAfterMs?: number;
  readonly deadlineMs?: number | undefined;
  readonly repeatable?: boolean;
  readonly backoff?: Backoff;
}

/** A time that the server named. */
export interface ToldWait {
  /** Milliseconds from the answer on. */
  readonly ms: number;
  /** The header that named it, in lower case. */
  readonly by: string;
  /** The bucket refills steadily, so this is only the least that a wait can be. */
  readonly atLeast?: true;
}

export interface Retry {
  readonly action: 'retry';
  /** Milliseconds to wait, jitter included; never below `told`. */
  readonly waitMs: number;
  readonly told?: ToldWait;
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
  readonly failure: Failure;
  readonly notes: readonly string[];
}

export type Decision = { readonly action: 'succeed' } | Retry | GiveUp;

/** The decision on every success. */
export const SUCCEED: Decision = Object.freeze({ action: 'succeed' });

/** RFC 9110, section 9.2.2: repeating these has the effect of doing them once. */
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/i;

/** The last moment that a `Date` can hold (ECMA-262, 21.4.1.1). */
const LATEST_DATE_MS = 8.64e15;

const ADDED_JITTER_MS = 1000;
const ADDED_JITTER_RATIO = 0.1;

/**
 * Decides whether an attempt ends its call or is repeated, and when: would it help, is it safe, may
 * we, and when. Pure, and total: any facts give a decision, nothing is thrown.
 */
export function decide(facts: Facts, rules: Rules = {}): Decision {
  if (isSuccess(facts)) return SUCCEED;

  const profile = rules.provider ?? genericProfile;
  const nowMs = finite(facts.nowMs, 0);
  const hint = readRetryAfter(facts.headers, nowMs);
  const failure = classify(facts, profile, hint?.waitMs !== undefined);
  const notes = (hint?.malformed ?? []).map((each) => `malformed and ignored: ${each}`);
  const told = readTold(facts, profile, nowMs, hint);
  const giveUp = (reason: StopReason): GiveUp => ({
    action: 'give-up',
    reason,
    question: STOP_REASONS[reason].question,
    ...(told && { told, retryAt: Math.min(nowMs + told.ms, LATEST_DATE_MS) }),
    failure,
    notes,
  });

  const stop =
    wouldNotHelp(facts, failure, hint?.doNotRetry === true) ??
    isUnsafe(facts, failure, rules, profile) ??
    mayNot(facts, rules);
  if (stop !== undefined) return giveUp(stop);

  if (told !== undefined && told.ms > (rules.maxRetryAfterMs ?? DEFAULTS.maxRetryAfterMs)) {
    return giveUp('retry-after-too-long');
  }
  const wait = findWait(facts, rules, failure, told);
  if (wait.note !== undefined) notes.push(wait.note);
  const leftMs = (rules.deadlineMs ?? Number.POSITIVE_INFINITY) - finite(facts.elapsedMs, 0);
  if (wait.floorMs >= leftMs) return giveUp('past-deadline');
  // Jitter alone never makes a call miss its deadline: the rest of the time is halved instead.
  const waitMs = Math.min(wait.waitMs, wait.floorMs + (leftMs - wait.floorMs) / 2);
  return { action: 'retry', waitMs, ...(told && { told }), failure, notes };
}

/** Whether the method promises that doing it twice is doing it once (RFC 9110, 9.2.2). */
export function isIdempotent(method: string | undefined): boolean {
  return method !== undefined && IDEMPOTENT.test(method);
}

function wouldNotHelp(facts: Facts, failure: Failure, pushedBack: boolean): StopReason | undefined {
  if (failure.kind === 'aborted' || facts.aborted) return 'aborted';
  const advice = readHeader(facts.headers, 'x-should-retry')?.toLowerCase();
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
): StopReason | undefined {
  if (failure.effect === 'none' || isIdempotent(facts.method)) return undefined;
  if (facts.repeatable ?? rules.repeatable) return undefined;
  if (facts.hasIdempotencyKey && profile.idempotencyKeyHonoured) return undefined;
  return failure.effect === 'done' ? 'done' : 'may-have-been-done';
}

function mayNot(facts: Facts, rules: Rules): StopReason | undefined {
  if (facts.replayable === false) return 'not-replayable';
  const retries = finite(facts.attempt, 1) - 1;
  return retries >= (rules.maxRetries ?? DEFAULTS.maxRetries) ? 'max-retries' : undefined;
}

function readTold(
  facts: Facts,
  profile: ProviderProfile,
  nowMs: number,
  hint: ReturnType<typeof readRetryAfter>,
): ToldWait | undefined {
  if (hint?.waitMs !== undefined && hint.source !== undefined) {
    return hint.waitMs > 0 ? { ms: hint.waitMs, by: hint.source } : undefined;
  }
  const reset = toldByReset(readRateLimits(facts.headers, nowMs), profile.resetShape);
  if (reset === undefined) return undefined;
  const told = { ms: reset.waitMs, by: reset.source };
  return profile.resetShape === 'full' ? { ...told, atLeast: true } : told;
}

interface Wait {
  readonly waitMs: number;
  readonly floorMs: number;
  readonly note?: string;
}

function findWait(facts: Facts, rules: Rules, failure: Failure, told: ToldWait | undefined): Wait {
  const random = Math.min(1, Math.max(0, finite(facts.random, 0.5)));
  const context = {
    attempt: finite(facts.attempt, 1),
    kind: failure.kind,
    previousWaitMs: finite(facts.previousWaitMs, 0),
    random,
  };
  const own = () => nextBackoff(rules.backoff ?? {}, context, failure.evidence === 'not-sent');
  if (told === undefined) return own();
  const toldMs = told.ms + random * Math.min(ADDED_JITTER_MS, told.ms * ADDED_JITTER_RATIO);
  if (!told.atLeast) return { floorMs: told.ms, waitMs: toldMs };
  const backoff = own();
  return {
    ...backoff,
    floorMs: Math.max(told.ms, backoff.floorMs),
    waitMs: Math.max(toldMs, backoff.waitMs),
  };
}

function finite(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
