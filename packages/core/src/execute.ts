import pRetry from 'p-retry';
import type { Attempt, CallOptions, Operation } from './call.js';
import { CALL_CHECKS, policyOption } from './call-checks.js';
import { CallRecord } from './call-record.js';
import { notify } from './events.js';
import { genericProfile } from './generic-profile.js';
import { openLane } from './lane-wait.js';
import { isEnabled } from './mode.js';
import { attemptUnderWay, runAttempt } from './nesting.js';
import { assertOptions } from './options.js';
import type { Outcome } from './outcome.js';
import { definePolicy, type Policy } from './policy.js';
import type { ProviderProfile } from './profile.js';
import { pauseAfterRefusal } from './refusal-pause.js';
import { noticeRepetition, rememberRefrained } from './repetition.js';
import type { Ended, Run, Verdict } from './run.js';
import { start, step } from './step.js';
import { headersOf, rememberTrace } from './trace.js';

const CHECKS = { ...CALL_CHECKS, policy: policyOption };

/**
 * Makes a call: runs `operation` until it succeeds or a rule says stop, and gives what the last
 * attempt gave, the same value or the same error. It is repeated only where that helps and is safe:
 * without a `method` only what cannot have been done, unless the call says `repeatable: true`. Inside
 * an attempt of another call of ours it runs `operation` once, and leaves the rest to that call.
 *
 * Without a policy a call shares no gate and no retry budget with any other.
 *
 * @throws {InvalidOptionsError} with every problem of `policy` and `call`
 */
export function execute<T>(
  operation: Operation<T>,
  policy: Policy = definePolicy(),
  call: CallOptions<T> = {},
): Promise<T> {
  try {
    assertOptions('execute', { ...call, policy }, CHECKS);
    call.signal?.throwIfAborted();
    // Inside an attempt of ours somebody else waits and repeats already.
    return attemptUnderWay() === undefined
      ? executeUnchecked((attempt) => runMarked(operation, attempt), policy, call)
      : Promise.resolve(operation({ number: 1, signal: call.signal ?? undefined }));
  } catch (error) {
    return Promise.reject(error);
  }
}

async function runMarked<T>(operation: Operation<T>, attempt: Attempt): Promise<T> {
  const mark = { over: false };
  try {
    return await runAttempt(mark, () => operation(attempt));
  } finally {
    mark.over = true;
  }
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
  if (!isEnabled()) return operation({ number: 1, signal: call.signal ?? undefined });
  const provider = call.provider ?? profileOf(policy);
  const key = call.key ?? provider.name;
  const state = policy.gates.of(key, call.showKey);
  if (policy.limiter !== undefined) {
    state.lane ??= openLane({ policy, provider, state }, key, policy.limiter);
  }
  const record = new CallRecord({ policy, provider, state }, call.method);
  const run = { operation, policy, provider, call, state, record };
  call.notes?.forEach((note) => {
    record.log.note(note);
  });
  const refused = noticeRepetition(run);
  if (refused !== undefined) await pauseAfterRefusal(state);
  if (refused !== undefined && 'standing' in refused) {
    record.ended({ reason: 'may-have-been-done' });
    // It keeps the trace of the call that it repeats.
    return hand(run, refused.outcome);
  }
  if (refused !== undefined) return settle(run, refused);
  const { lane } = state;
  state.active++;
  lane?.begin();
  state.budget?.earn();
  const first = await start(run);
  const ending = isRetry(first) ? await repeat(run, first) : first;
  state.active--;
  lane?.finish();
  if (!state.isKept) lane?.close();
  if (!record.hasAttempted && !isAborted(ending)) await pauseAfterRefusal(state);
  return settle(run, ending);
}

/** Which API it is that a picker would tell by a URL, nobody knows here. */
function profileOf({ provider }: Policy): ProviderProfile {
  return typeof provider === 'function' ? genericProfile : provider;
}

/** The loop. p-retry is given neither values nor errors nor the signal, all of which it would change. */
async function repeat<T>(run: Run<T>, first: Verdict<T>): Promise<Verdict<T> | Ended<T>> {
  const again = new Error('the attempt failed');
  let last: Verdict<T> | Ended<T> = first;
  await pRetry(
    async (number) => {
      if (number > 1) last = await step(run, last as Verdict<T>);
      if (isRetry(last)) throw again;
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      maxTimeout: 0,
    },
  );
  return last;
}

function isAborted<T>(ending: Verdict<T> | Ended<T>): boolean {
  return 'reason' in ending && ending.reason === 'aborted';
}

function isRetry<T>(ending: Verdict<T> | Ended<T>): ending is Verdict<T> {
  return 'decision' in ending && ending.decision.action === 'retry';
}

function settle<T>(run: Run<T>, ending: Verdict<T> | Ended<T>): T {
  const { record, call } = run;
  const { outcome } = ending;
  const given = outcome.ok ? outcome.value : outcome.error;
  if (!('decision' in ending)) {
    record.ended(ending);
    // What is shared with the call that was refused first keeps that call's trace.
    if (ending.rebuilt && outcome === ending.refusal?.outcome) return hand(run, outcome);
    rememberTrace(headersOf(given), record);
  } else if (ending.decision.action === 'give-up') {
    record.gaveUp(ending.decision, ending.facts);
    rememberTrace(ending.facts.headers, record);
    rememberRefrained(run, ending);
  } else {
    record.succeeded(ending.facts);
  }
  // An abort reason may be shared by many calls, and then it is the trace of none.
  if (given !== call.signal?.reason) rememberTrace(given, record);
  return hand(run, outcome);
}

function hand<T>({ call, record }: Run<T>, outcome: Outcome<T>): T {
  if (call.onSettled) notify(call.onSettled, record.trace());
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}
