import { AT_ONCE, deadlineOf, endOf, type Leave, tellHold } from './hold.js';
import type { Applicant, Lane, LaneAdmission, Limiter } from './limiter.js';
import { attemptsInTest } from './mode.js';
import type { Run, Verdict } from './run.js';

/** Opens the lane of a key. */
export function openLane(
  { policy, provider, state }: Pick<Run<unknown>, 'policy' | 'provider' | 'state'>,
  key: string,
  limiter: Limiter,
): Lane {
  const { clock, events } = policy;
  const { label, gate } = state;
  return limiter.laneOf({ key, label, gate, clock, profile: provider, events });
}

/** Waits in the lane of a limiter until the next attempt may start: gate, permit, gate again. */
export function waitInLane<T>(
  run: Run<T>,
  lane: Lane,
  last: Verdict<T> | undefined,
): Leave<T> | Promise<Leave<T>> {
  if (attemptsInTest() !== undefined) return AT_ONCE;
  const { policy, state, record } = run;
  const startMs = policy.clock.monotonic();
  const applicant = describe(run, startMs, last);
  const said = lane.enter(applicant);
  if (!(said instanceof Promise)) return leaveFor(run, last, said, applicant, startMs);
  const isHeld = !state.gate.isOpen;
  const why = isHeld ? (tellHold(run, last) ? 'told' : 'others') : 'queued';
  return said.then((ended) => {
    const nowMs = policy.clock.monotonic();
    record.held(nowMs - startMs, why);
    const mayGo = ended.kind !== 'admitted' || state.gate.stillAdmits(ended.lanePermit.permit);
    if (mayGo) return leaveFor(run, last, ended, applicant, nowMs);
    // The gate has closed since it was let go.
    lane.leave(ended.lanePermit, {});
    return waitInLane(run, lane, last);
  });
}

function describe<T>(run: Run<T>, nowMs: number, last: Verdict<T> | undefined): Applicant {
  const { policy, call, record } = run;
  const hears = policy.events.hears('queued');
  return {
    number: record.turn,
    limitAtMs: deadlineOf(run, nowMs),
    signal: call.signal,
    isRetry: last !== undefined,
    keepsPlace: last !== undefined && record.turn === record.number,
    maxHoldMs: call.maxHoldMs ?? policy.maxHoldMs,
    priority: call.priority,
    tenant: call.tenant,
    tokens: call.tokens,
    body: call.body,
    onQueued: hears ? (place) => record.queued(place) : undefined,
  };
}

function leaveFor<T>(
  run: Run<T>,
  last: Verdict<T> | undefined,
  said: LaneAdmission,
  { limitAtMs, maxHoldMs }: Applicant,
  nowMs: number,
): Leave<T> {
  if (said.kind !== 'admitted') return endOf(run, last, said, limitAtMs <= nowMs + maxHoldMs);
  const { lanePermit } = said;
  return { lanePermit, ...(lanePermit.permit && { permit: lanePermit.permit }) };
}
