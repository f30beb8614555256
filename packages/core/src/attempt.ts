import type { Attempt, CallOptions, Operation } from './call.js';
import type { CallRecord } from './call-record.js';
import { isSuccess } from './classify.js';
import { type Decision, decide, SUCCEED } from './decide.js';
import { notify } from './events.js';
import type { Facts } from './facts.js';
import { gatherOutcome, type Outcome } from './outcome.js';
import type { Policy } from './policy.js';
import { startTimeLimit, type TimeLimit } from './time-limit.js';

/** One call under way. */
export interface Run<T> {
  readonly operation: Operation<T>;
  readonly policy: Policy;
  readonly call: CallOptions<T>;
  readonly record: CallRecord;
}

/** How an attempt ended, and what follows from it. */
export interface Verdict<T> {
  readonly outcome: Outcome<T>;
  readonly facts: Facts;
  readonly decision: Decision;
}

/** Makes one attempt and judges how it ended. It never rejects. */
export async function makeAttempt<T>(run: Run<T>): Promise<Verdict<T>> {
  const { operation, call, record } = run;
  const number = record.startAttempt();
  const limit = limitOf(run);
  const current: Attempt = { number, signal: limit?.signal ?? call.signal ?? undefined };
  let outcome: Outcome<T>;
  try {
    const running = operation(current);
    const value = await (limit ? limit.race(Promise.resolve(running), discardBy(call)) : running);
    outcome = { ok: true, value };
  } catch (error) {
    outcome = { ok: false, error };
  }
  limit?.stop();
  const gathered = gather(call, outcome, current);
  const facts = gathered instanceof Promise ? await gathered : gathered;
  if (isSuccess(facts)) return { outcome, facts, decision: SUCCEED };
  return judge(run, { outcome, facts, limit, number });
}

function judge<T>(
  { policy, call, record }: Run<T>,
  ended: {
    readonly outcome: Outcome<T>;
    readonly facts: Facts;
    readonly limit: TimeLimit | undefined;
    readonly number: number;
  },
): Verdict<T> {
  record.method ??= ended.facts.method;
  const { method } = record;
  const facts: Facts = {
    ...ended.facts,
    ...(method !== undefined && { method }),
    attempt: ended.number,
    aborted: call.signal?.aborted === true,
    timedOut: ended.limit?.expired() === true,
    elapsedMs: record.elapsedMs(),
    nowMs: policy.clock.now(),
    random: policy.random(),
    previousWaitMs: record.previousWaitMs,
  };
  const decision = decide(facts, {
    provider: policy.provider,
    backoff: policy.backoff,
    maxRetryAfterMs: policy.maxRetryAfterMs,
    maxRetries: call.maxRetries ?? policy.maxRetries,
    deadlineMs: call.deadlineMs ?? policy.deadlineMs,
    repeatable: call.repeatable ?? policy.repeatable,
  });
  return { outcome: ended.outcome, facts, decision };
}

function limitOf<T>({ policy, call, record }: Run<T>): TimeLimit | undefined {
  const deadlineMs = call.deadlineMs ?? policy.deadlineMs;
  const attemptMs = call.attemptTimeoutMs ?? policy.attemptTimeoutMs;
  if (deadlineMs === undefined && attemptMs === undefined) return undefined;
  const leftMs =
    deadlineMs === undefined ? Number.POSITIVE_INFINITY : deadlineMs - record.elapsedMs();
  return attemptMs !== undefined && attemptMs < leftMs
    ? startTimeLimit(policy.clock, attemptMs, 'attemptTimeoutMs', call.signal)
    : startTimeLimit(policy.clock, leftMs, 'deadlineMs', call.signal);
}

function gather<T>(
  call: CallOptions<T>,
  outcome: Outcome<T>,
  current: Attempt,
): Facts | Promise<Facts> {
  if (call.gather === undefined) return gatherOutcome(outcome);
  try {
    const facts = call.gather(outcome, current);
    return facts instanceof Promise ? facts.catch(() => gatherOutcome(outcome)) : facts;
  } catch {
    return gatherOutcome(outcome);
  }
}

/** What gets rid of a value that nobody will read. */
export function discardBy<T>(call: CallOptions<T>): (value: T) => void {
  return (value) => {
    if (call.discard) notify(call.discard, value);
  };
}
