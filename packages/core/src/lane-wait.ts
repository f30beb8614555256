import type { CallShared } from './call-shared.js';
import { AT_ONCE, deadlineOf, endOf, type Leave, tellHold } from './hold.js';
import type { LimitedCall } from './limited-call.js';
import type { Applicant, Lane, LaneAdmission, Limiter, QueuePlace } from './limiter.js';
import { attemptsInTest } from './mode.js';
import type { Run, Verdict } from './run.js';

/** A call that asks a lane for leave to make its next attempt. */
class LaneCall<T> implements Applicant {
  readonly number: number;
  readonly limitAtMs: number;
  readonly signal: AbortSignal | null | undefined;
  readonly isRetry: boolean;
  readonly keepsPlace: boolean;
  readonly maxHoldMs: number;
  readonly call: LimitedCall;
  readonly onQueued: ((place: QueuePlace) => void) | undefined;
  #said: LaneAdmission | undefined;
  #resolve: ((said: LaneAdmission) => void) | undefined;

  /** @param isCaught whether a gate has closed since it was let go, so that it made no attempt */
  constructor(run: Run<T>, last: Verdict<T> | undefined, isCaught: boolean) {
    const { policy, call, record } = run;
    const isRetry = last !== undefined;
    this.number = record.turn;
    this.limitAtMs = deadlineOf(run);
    this.signal = call.signal;
    this.isRetry = isRetry || isCaught;
    this.keepsPlace = isCaught || (isRetry && record.turn === record.number);
    this.maxHoldMs = call.maxHoldMs ?? policy.maxHoldMs;
    this.call = call;
    this.onQueued = policy.events.hears('queued') ? (place) => record.queued(place) : undefined;
  }

  tell(said: LaneAdmission): void {
    this.#said = said;
    this.#resolve?.(said);
  }

  /** What it is told in the end. */
  wait(): Promise<LaneAdmission> {
    return new Promise((resolve) => {
      if (this.#said === undefined) this.#resolve = resolve;
      else resolve(this.#said);
    });
  }
}

/** Opens the lane of a key. */
export function openLane(
  { policy, provider, state }: CallShared,
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
  isCaught = false,
): Leave<T> | Promise<Leave<T>> {
  if (attemptsInTest() !== undefined) return AT_ONCE;
  const asking = new LaneCall(run, last, isCaught);
  const said = lane.enter(asking);
  return said === undefined ? waitForTurn(run, lane, last, asking) : leaveFor(run, last, said);
}

function waitForTurn<T>(
  run: Run<T>,
  lane: Lane,
  last: Verdict<T> | undefined,
  asking: LaneCall<T>,
): Promise<Leave<T>> {
  const { state, record } = run;
  const { clock } = run.policy;
  const startMs = clock.monotonic();
  const isHeld = !state.gate.isOpen;
  const why = isHeld ? (tellHold(run, last) ? 'told' : 'others') : 'queued';
  return asking.wait().then((said) => {
    record.held(clock.monotonic() - startMs, why);
    const mayGo = said.kind !== 'admitted' || state.gate.stillAdmits(said.lanePermit.permit);
    if (mayGo) return leaveFor(run, last, said);
    // The gate has closed since it was let go.
    lane.leave(said.lanePermit, {});
    return waitInLane(run, lane, last, true);
  });
}

function leaveFor<T>(run: Run<T>, last: Verdict<T> | undefined, said: LaneAdmission): Leave<T> {
  if (said.kind === 'admitted') {
    const { lanePermit } = said;
    return { lanePermit, permit: lanePermit.permit };
  }
  const { policy, call } = run;
  const holdEndsAtMs = policy.clock.monotonic() + (call.maxHoldMs ?? policy.maxHoldMs);
  return endOf(run, last, said, deadlineOf(run) <= holdEndsAtMs);
}
