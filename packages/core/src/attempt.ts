import type { Attempt, CallOptions } from './call.js';
import { isSuccess } from './classify.js';
import { decide, SUCCEED } from './decide.js';
import { notify } from './events.js';
import type { Facts } from './facts.js';
import type { Failure } from './failure.js';
import type { PermitEnd } from './gate/admission.js';
import { keepRefusal } from './gate/refusal.js';
import { AT_ONCE, type Passes } from './hold.js';
import type { LaneEnd } from './limiter.js';
import { attemptsInTest } from './mode.js';
import { gatherOutcome, type Outcome } from './outcome.js';
import { deadlineMsOf, type Ended, policyThrew, type Run, type Verdict } from './run.js';
import { startTimeLimit, type TimeLimit } from './time-limit.js';

/** Makes one attempt and judges how it ended. It never rejects. */
export async function makeAttempt<T>(run: Run<T>, passes: Passes): Promise<Verdict<T> | Ended<T>> {
  const { operation, provider, call, record } = run;
  try {
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
    if (isSuccess(facts, provider)) {
      if (passes !== AT_ONCE) {
        settle(run, passes, 'succeeded', {
          facts,
          findUsage: usageIn(run, outcome),
          findOpenBody: openBodyIn(run, outcome),
        });
      }
      return { outcome, facts, decision: SUCCEED };
    }
    return judge(run, { outcome, facts, limit, number, passes });
  } catch (error) {
    giveBack(run, passes);
    return policyThrew(error);
  }
}

function judge<T>(
  run: Run<T>,
  ended: {
    readonly outcome: Outcome<T>;
    readonly facts: Facts;
    readonly limit: TimeLimit | undefined;
    readonly number: number;
    readonly passes: Passes;
  },
): Verdict<T> {
  const { policy, provider, call, state, record } = run;
  record.method ??= ended.facts.method;
  const { method } = record;
  const attempts = attemptsInTest();
  const retriesAllowed = attempts === undefined ? state.budget?.retriesAllowed : undefined;
  const facts: Facts = {
    ...ended.facts,
    ...(method !== undefined && { method }),
    attempt: ended.number,
    scheduledRetries: record.scheduledRetries,
    ...(retriesAllowed !== undefined && { retriesAllowed }),
    aborted: call.signal?.aborted === true,
    timedOut: ended.limit?.expired() === true,
    elapsedMs: record.elapsedMs(),
    nowMs: policy.clock.now(),
    random: policy.random(),
    previousWaitMs: record.previousWaitMs,
  };
  const decision = decide(facts, {
    provider,
    backoff: policy.backoff,
    maxRetryAfterMs: policy.maxRetryAfterMs,
    maxRetries: call.maxRetries ?? policy.maxRetries,
    maxAttempts: attempts,
    deadlineMs: deadlineMsOf(run),
    repeatable: call.repeatable ?? policy.repeatable,
  });
  const { outcome, passes } = ended;
  if (decision.action !== 'succeed') {
    const { closes, failure } = decision;
    const refusal = closes && keepRefusal(facts, failure, outcome);
    // It closes before the permit goes back, or the next call would slip through.
    if (closes && refusal && attempts === undefined) {
      state.gate.close(closes, refusal, record.attemptMs());
    }
    if (passes !== AT_ONCE) {
      settle(run, passes, endOf(failure), {
        facts,
        failure,
        ...(closes && refusal && { closesMs: closes.ms, refusal }),
      });
    }
  }
  if (decision.action === 'retry') {
    record.failed(decision, facts);
    if (decision.paysBudget && attempts === undefined) state.budget?.spend();
  }
  return { outcome, facts, decision };
}

/** What a failed attempt tells of its gate: an answer is one that the server's limits let through. */
function endOf({ kind, status }: Failure): PermitEnd {
  const refused = kind === 'rate-limited' || kind === 'overloaded' || kind === 'quota-exhausted';
  return status === undefined || refused ? 'unanswered' : 'answered';
}

/** Leave that was not used, or of which nothing is known, goes back. */
export function giveBack<T>(run: Run<T>, passes: Passes): void {
  settle(run, passes, 'unanswered', {});
}

/** The gate hears first, so that the lane, when it lets others go, finds it as it is. */
function settle<T>({ state }: Run<T>, passes: Passes, end: PermitEnd, laneEnd: LaneEnd): void {
  const { permit, lanePermit } = passes;
  if (permit !== undefined) state.gate.settle(permit, end);
  if (lanePermit !== undefined) state.lane?.leave(lanePermit, laneEnd);
}

/** Where a lane finds what was used, if it wants to know. */
function usageIn<T>({ call }: Run<T>, outcome: Outcome<T>): () => unknown {
  return () => {
    if (!outcome.ok) return undefined;
    return call.readUsage === undefined ? outcome.value : call.readUsage(outcome.value);
  };
}

/** Where a lane finds what is still to come, if it wants to know. */
function openBodyIn<T>({ call: { openBody } }: Run<T>, outcome: Outcome<T>) {
  return openBody && (() => (outcome.ok ? openBody(outcome.value) : undefined));
}

function limitOf<T>(run: Run<T>): TimeLimit | undefined {
  const { policy, call, record } = run;
  const deadlineMs = deadlineMsOf(run);
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
