import pRetry from 'p-retry';
import { discardBy, makeAttempt, type Run, type Verdict } from './attempt.js';
import type { CallOptions, Operation } from './call.js';
import { CALL_CHECKS } from './call-checks.js';
import { CallRecord } from './call-record.js';
import { sleep } from './clock.js';
import type { Retry } from './decide.js';
import { notify } from './events.js';
import { assertOptions } from './options.js';
import { definePolicy, type Policy } from './policy.js';
import { rememberTrace } from './trace.js';

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
  const first = await makeAttempt(run);
  return settle(run, first.decision.action === 'retry' ? await repeat(run, first) : first);
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
      if (number > 1) last = await makeAttempt(run);
      if (last.decision.action === 'retry') throw again;
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry: async ({ error }) => {
        // Anything else is a clock or a random source of the user that throws: never a reason to repeat.
        if (error !== again) return false;
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
