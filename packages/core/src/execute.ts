import pRetry from 'p-retry';
import type { Attempt, CallOptions, Operation } from './call.js';
import { CALL_CHECKS } from './call-checks.js';
import { CallRecord } from './call-record.js';
import { isSuccess } from './classify.js';
import { sleep } from './clock.js';
import { type Decision, decide, type Retry } from './decide.js';
import { notify } from './events.js';
import type { Facts } from './facts.js';
import { assertOptions } from './options.js';
import { gatherOutcome, type Outcome } from './outcome.js';
import { definePolicy, type Policy } from './policy.js';
import { startTimeLimit, type TimeLimit } from './time-limit.js';
import { rememberTrace } from './trace.js';

/** One call under way. */
interface Run<T> {
  readonly operation: Operation<T>;
  readonly policy: Policy;
  readonly call: CallOptions<T>;
  readonly record: CallRecord;
}

/** How an attempt ended, and what follows from it. */
interface Verdict<T> {
  readonly outcome: Outcome<T>;
  readonly facts: Facts;
  readonly decision: Decision;
}

const SUCCEED: Decision = Object.freeze({ action: 'succeed' });

const DEFAULT_POLICY = definePolicy();

/**
 * Makes a call: runs `operation` until it succeeds or a rule says stop, and gives what the last
 * attempt gave, the same value or the same error. It is repeated only where that helps and is safe:
 * without a `method` only what cannot have been done, unless the call says `repeatable: true`.
 *
 * @throws {InvalidOptionsError} with every problem of `call`
 */
export async function execute<T>(
  operation: Operation<T>,
  policy: Policy = DEFAULT_POLICY,
  call: CallOptions<T> = {},
): Promise<T> {
  assertOptions('execute', call, CALL_CHECKS);
  call.signal?.throwIfAborted();
  return executeUnchecked(operation, policy, call);
}

/**
 * `execute` for adapters, which check their users' options themselves: it checks none, and leaves a
 * signal that is aborted before the first attempt to the operation.
 */
export async function executeUnchecked<T>(
  operation: Operation<T>,
  policy: Policy,
  call: CallOptions<T>,
): Promise<T> {
  const run = { operation, policy, call, record: new CallRecord(policy, call.method) };
  const first = await attempt(run);
  return settle(run, first.decision.action === 'retry' ? await repeat(run, first) : first);
}

async function attempt<T>(run: Run<T>): Promise<Verdict<T>> {
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

/**
 * The loop. p-retry is given neither values nor errors nor the signal, all of which it would change:
 * it repeats, and the waiting is done where it asks whether to.
 */
async function repeat<T>(run: Run<T>, first: Verdict<T>): Promise<Verdict<T>> {
  const again = new Error('the attempt failed');
  let last = first;
  let interrupted: { readonly reason: unknown } | undefined;
  const loop = pRetry(
    async (number) => {
      if (number > 1) last = await attempt(run);
      if (last.decision.action === 'retry') throw again;
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry: async () => {
        try {
          await wait(run, last);
        } catch (reason) {
          interrupted = { reason };
        }
        return interrupted === undefined;
      },
    },
  );
  await loop.catch((error) => {
    if (interrupted === undefined) throw error;
  });
  if (interrupted === undefined) return last;
  run.record.abortedInWait();
  report(run);
  throw interrupted.reason;
}

async function wait<T>(run: Run<T>, { outcome, facts, decision }: Verdict<T>): Promise<void> {
  run.record.waiting(decision as Retry, facts);
  if (outcome.ok) discardBy(run.call)(outcome.value);
  await sleep(run.policy.clock, (decision as Retry).waitMs, run.call.signal);
}

function settle<T>(run: Run<T>, { outcome, facts, decision }: Verdict<T>): T {
  const { record, call } = run;
  if (decision.action === 'give-up') {
    record.gaveUp(decision, facts);
    rememberTrace(facts.headers, record);
  } else {
    record.succeeded(facts);
  }
  const given = outcome.ok ? outcome.value : outcome.error;
  // An abort reason may be shared by many calls, and then it is the trace of none.
  if (given !== call.signal?.reason) rememberTrace(given, record);
  report(run);
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

function report<T>({ call, record }: Run<T>): void {
  if (call.onSettled) notify(call.onSettled, record.trace());
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

function discardBy<T>(call: CallOptions<T>): (value: T) => void {
  return (value) => {
    if (call.discard) notify(call.discard, value);
  };
}
