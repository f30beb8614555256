import type { Admission, Permit } from './gate/admission.js';
import type { GivenRefusal } from './gate/refusal.js';
import { attemptsInTest } from './mode.js';
import type { Outcome } from './outcome.js';
import type { Ended, Run, Verdict } from './run.js';
import { timeoutError } from './time-limit.js';

/** Leave to make an attempt, or the end of the call. */
export type Leave<T> = { readonly permit?: Permit } | Ended<T>;

const AT_ONCE: { readonly permit?: Permit } = Object.freeze({});

/**
 * Waits in the gate of the call's key until the next attempt may start. It throws and
 * rejects only with what the call's `rebuild` throws.
 *
 * @param last how the attempt before ended
 */
export function waitForLeave<T>(run: Run<T>, last?: Verdict<T>): Leave<T> | Promise<Leave<T>> {
  const { policy, call, state, record } = run;
  if (state.gate.isOpen || attemptsInTest() !== undefined) return AT_ONCE;
  const nowMs = policy.clock.monotonic();
  const deadlineMs = call.deadlineMs ?? policy.deadlineMs ?? Number.POSITIVE_INFINITY;
  const deadlineAtMs = nowMs + deadlineMs - record.elapsedMs();
  const holdEndsAtMs = nowMs + (call.maxHoldMs ?? policy.maxHoldMs) - record.heldMs;
  const limitAtMs = Math.min(deadlineAtMs, holdEndsAtMs);
  const admission = state.gate.enter({ number: record.turn, limitAtMs, signal: call.signal });
  const end = (said: Admission) => endOf(run, last, said, deadlineAtMs <= holdEndsAtMs);
  if (!(admission instanceof Promise)) return end(admission);
  // The told wait of its own last attempt is spent in the gate as well.
  const own = last?.decision.action === 'retry' && last.decision.closes ? last.decision : undefined;
  if (own) record.waiting(own, state.gate.opensInMs);
  else record.holding(state.gate.opensInMs);
  return admission.then((said) => {
    record.held(policy.clock.monotonic() - nowMs, own !== undefined);
    return end(said);
  });
}

function endOf<T>(
  run: Run<T>,
  last: Verdict<T> | undefined,
  said: Admission,
  deadlineIsFirst: boolean,
): Leave<T> {
  const { call } = run;
  switch (said.kind) {
    case 'admitted':
      return said;
    case 'aborted':
      return { outcome: { ok: false, error: call.signal?.reason }, reason: 'aborted' };
    case 'refused': {
      // Also where the call has an answer of its own: this one says what it would get now.
      const quota = said.refusal.failure.kind === 'quota-exhausted';
      const reason = quota ? 'quota-exhausted' : 'retry-after-too-long';
      return { ...rebuild(run, said.refusal), reason };
    }
    case 'expired':
    case 'too-late': {
      const { refusal } = said;
      if (said.kind === 'expired' && deadlineIsFirst) {
        const outcome = { ok: false, error: timeoutError('deadlineMs') } as const;
        return { outcome, reason: 'past-deadline', refusal };
      }
      const reason = deadlineIsFirst ? 'past-deadline' : 'max-hold';
      if (last !== undefined) return { outcome: last.outcome, reason, refusal };
      return { ...rebuild(run, refusal), reason };
    }
  }
}

function rebuild<T>({ call }: Run<T>, refusal: GivenRefusal) {
  const outcome = call.rebuild?.(refusal) ?? (refusal.outcome as Outcome<T>);
  return { outcome, refusal, rebuilt: true } as const;
}
