import { discardBy, giveBack, makeAttempt } from './attempt.js';
import { sleep } from './clock.js';
import type { Retry } from './decide.js';
import { type Leave, waitForLeave } from './hold.js';
import { waitInLane } from './lane-wait.js';
import { attemptsInTest } from './mode.js';
import { type Ended, policyThrew, type Run, type Verdict } from './run.js';

/** Makes the first attempt, at once if nothing keeps it. It never rejects. */
export function start<T>(run: Run<T>): Promise<Verdict<T> | Ended<T>> {
  try {
    const leave = askForLeave(run);
    const isFree = !(leave instanceof Promise || 'outcome' in leave);
    return isFree ? makeAttempt(run, leave) : attemptWith(run, leave);
  } catch (error) {
    return Promise.resolve(policyThrew(error));
  }
}

/** Waits for its time and its turn, and makes the next attempt. It never rejects. */
export async function step<T>(run: Run<T>, last: Verdict<T>): Promise<Verdict<T> | Ended<T>> {
  try {
    const interrupted = await backOff(run, last);
    if (interrupted !== undefined) return leaveBehind(run, last, interrupted);
    return await attemptWith(run, askForLeave(run, last), last);
  } catch (error) {
    return leaveBehind(run, last, policyThrew(error));
  }
}

function askForLeave<T>(run: Run<T>, last?: Verdict<T>): Leave<T> | Promise<Leave<T>> {
  const { lane } = run.state;
  return lane ? waitInLane(run, lane, last) : waitForLeave(run, last);
}

/** Waits until it may go, unless it was aborted meanwhile. It never rejects. */
async function attemptWith<T>(
  run: Run<T>,
  leaving: Leave<T> | Promise<Leave<T>>,
  last?: Verdict<T>,
): Promise<Verdict<T> | Ended<T>> {
  try {
    const leave = await leaving;
    if ('outcome' in leave) return leaveBehind(run, last, leave);
    const { signal } = run.call;
    if (signal?.aborted) {
      giveBack(run, leave);
      const outcome = { ok: false, error: signal.reason } as const;
      return leaveBehind(run, last, { outcome, reason: 'aborted' });
    }
    if (last?.outcome.ok) discardBy(run.call)(last.outcome.value);
    return await makeAttempt(run, leave);
  } catch (error) {
    return leaveBehind(run, last, policyThrew(error));
  }
}

/** The wait after a failed attempt, unless it is the gate's. Gives the end of the call, if it is aborted. */
async function backOff<T>(run: Run<T>, last: Verdict<T>): Promise<Ended<T> | undefined> {
  const { policy, call, state, record } = run;
  const decision = last.decision as Retry;
  if (attemptsInTest() !== undefined) record.waiting(decision, 0);
  else if (decision.closes === undefined) {
    const startMs = policy.clock.monotonic();
    record.waiting(decision, decision.waitMs);
    try {
      await sleep(policy.clock, decision.waitMs, call.signal);
    } catch (error) {
      if (!call.signal?.aborted) throw error;
      return { outcome: { ok: false, error }, reason: 'aborted' };
    } finally {
      state.waste.waitedMs += policy.clock.monotonic() - startMs;
    }
  }
  return undefined;
}

/** The last answer is freed, unless it is what the call ends with. */
function leaveBehind<T>(run: Run<T>, last: Verdict<T> | undefined, ended: Ended<T>): Ended<T> {
  if (last?.outcome.ok && ended.outcome !== last.outcome) discardBy(run.call)(last.outcome.value);
  return ended;
}
