import type { Admission, Permit } from './gate/admission.js';
import type { GivenRefusal } from './gate/refusal.js';
import type { LaneAdmission, LanePermit } from './limiter.js';
import { attemptsInTest } from './mode.js';
import type { Outcome } from './outcome.js';
import { deadlineMsOf, type Ended, type Run, type Verdict } from './run.js';
import { timeoutError } from './time-limit.js';

/** Leave to make one attempt: what its gate and its lane want to hear of how it ended. */
export interface Passes {
  readonly permit?: Permit | undefined;
  readonly lanePermit?: LanePermit;
}

/** Leave to make an attempt, or the end of the call. */
export type Leave<T> = Passes | Ended<T>;

export const AT_ONCE: Passes = Object.freeze({});

/**
 * Waits in the gate of the call's key until the next attempt may start. It
 * throws and rejects only with what the call's `rebuild` or a clock throws.
 *
 * @param last how the attempt before ended
 */
export function waitForLeave<T>(run: Run<T>, last?: Verdict<T>): Leave<T> | Promise<Leave<T>> {
  const { policy, call, state, record } = run;
  if (attemptsInTest() !== undefined) return AT_ONCE;
  if (state.gate.isOpen) return AT_ONCE;
  const nowMs = policy.clock.monotonic();
  const deadlineAtMs = deadlineOf(run);
  const holdEndsAtMs = nowMs + (call.maxHoldMs ?? policy.maxHoldMs) - record.heldMs;
  const limitAtMs = Math.min(deadlineAtMs, holdEndsAtMs);
  const admission = state.gate.enter({ number: record.turn, limitAtMs, signal: call.signal });
  const end = (said: Admission) => endOf(run, last, said, deadlineAtMs <= holdEndsAtMs);
  if (!(admission instanceof Promise)) return end(admission);
  const own = tellHold(run, last);
  return admission.then((said) => {
    record.held(policy.clock.monotonic() - nowMs, own ? 'told' : 'others');
    return end(said);
  });
}

/** When a call has to be over, by the monotonic clock. */
export function deadlineOf<T>(run: Run<T>): number {
  return run.record.startedAtMs + (deadlineMsOf(run) ?? Number.POSITIVE_INFINITY);
}

/** The gate holds a call. Says whether it is the told wait of its own last attempt that is spent there. */
export function tellHold<T>({ state, record }: Run<T>, last: Verdict<T> | undefined): boolean {
  const own = last?.decision.action === 'retry' && last.decision.closes ? last.decision : undefined;
  if (own) record.waiting(own, state.gate.opensInMs);
  else record.holding(state.gate.opensInMs);
  return own !== undefined;
}

/** What becomes of a call that a gate or a lane has answered. */
export function endOf<T>(
  run: Run<T>,
  last: Verdict<T> | undefined,
  said: Admission | LaneAdmission,
  deadlineIsFirst: boolean,
): Leave<T> {
  const { call } = run;
  switch (said.kind) {
    case 'admitted':
      return said;
    case 'aborted':
      return { outcome: { ok: false, error: call.signal?.reason }, reason: 'aborted' };
    case 'turned-away':
      // An error that says that nothing was sent would be false of a call that was.
      return { outcome: last?.outcome ?? { ok: false, error: said.error }, reason: said.reason };
    case 'refused': {
      // Also where the call has an answer of its own: this one says what it would get now.
      const quota = said.refusal.failure.kind === 'quota-exhausted';
      const reason = quota ? 'quota-exhausted' : 'retry-after-too-long';
      return { ...rebuild(run, said.refusal), reason };
    }
    case 'expired':
    case 'too-late': {
      const { refusal } = said;
      const isLate = refusal === undefined && last === undefined;
      if (isLate || (said.kind === 'expired' && deadlineIsFirst)) {
        const outcome = { ok: false, error: timeoutError('deadlineMs') } as const;
        return { outcome, reason: 'past-deadline', ...(refusal && { refusal }) };
      }
      const reason = deadlineIsFirst ? 'past-deadline' : 'max-hold';
      if (last !== undefined) return { outcome: last.outcome, reason, ...(refusal && { refusal }) };
      return { ...rebuild(run, refusal as GivenRefusal), reason };
    }
  }
}

function rebuild<T>({ call }: Run<T>, refusal: GivenRefusal) {
  const outcome = call.rebuild?.(refusal) ?? (refusal.outcome as Outcome<T>);
  return { outcome, refusal, rebuilt: true } as const;
}
