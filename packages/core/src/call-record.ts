import { AttemptLog, type AttemptPart, describeAttempt, mayBeBilled } from './attempt-log.js';
import type { CallEnd } from './call-end.js';
import type { CallShared } from './call-shared.js';
import { describeCall, type Stop } from './call-trace.js';
import type { GiveUp, Retry } from './decide.js';
import type { Facts } from './facts.js';
import { honoursKey } from './idempotency-key.js';
import type { QueuePlace } from './limiter.js';
import type { EventDetails, PolicyEvent, PolicyEvents } from './policy-events.js';
import type { Trace, Traced } from './trace.js';

let calls = 0;

/** Keeps what happens to one call, tells the policy's listeners, and makes the trace when asked. */
export class CallRecord implements Traced {
  readonly log = new AttemptLog();
  /** A later call has a larger one. */
  readonly number = ++calls;
  /** Its turn in the gate: the call with the smaller one goes first. */
  turn = this.number;
  method: string | undefined;
  /** When the call started, by the monotonic clock. */
  readonly startedAtMs: number;
  /** The wait before the current attempt, in milliseconds. */
  previousWaitMs = 0;
  /** Milliseconds in gates so far. */
  heldMs = 0;
  /** How many retries so far the server scheduled. */
  scheduledRetries = 0;
  readonly #shared: CallShared;
  #attemptStartedMs: number | undefined;
  #attempt = 0;
  #hasWaited = false;
  #endedMs = 0;
  #success: Facts | undefined;
  #stop: Stop | undefined;

  constructor(shared: CallShared, method: string | undefined) {
    this.#shared = shared;
    this.method = method;
    this.startedAtMs = shared.policy.clock.monotonic();
  }

  /** Whether any attempt was made. */
  get hasAttempted(): boolean {
    return this.#attempt > 0;
  }

  /** Milliseconds since the call started. */
  elapsedMs(): number {
    return this.#shared.policy.clock.monotonic() - this.startedAtMs;
  }

  /** Of the current attempt. */
  attemptMs(nowMs = this.#shared.policy.clock.monotonic()): number {
    return nowMs - (this.#attemptStartedMs ?? this.startedAtMs);
  }

  /** Begins the next attempt and returns its number, from 1. */
  startAttempt(): number {
    this.#attempt++;
    const { clock } = this.#shared.policy;
    if (this.#attempt > 1 || this.#hasWaited) this.#attemptStartedMs = clock.monotonic();
    if (this.#attempt > 1) this.#tell('retry');
    this.#tell('attempt');
    return this.#attempt;
  }

  /** An attempt failed, and another will follow it if nothing comes in between. */
  failed(retry: Retry, facts: Facts): void {
    const { failure, told, scheduled } = retry;
    this.#endAttempt({ failure, ...(told && { told }) }, facts, retry.notes);
    if (scheduled) this.scheduledRetries++;
    // Where no time was told the next one finds out, or the oldest would spend all its retries on it.
    else if (retry.closes) this.turn = ++calls;
  }

  /** The wait after a failed attempt begins. */
  waiting({ failure, told }: Retry, waitMs: number): void {
    this.#setWait(waitMs);
    const hint = told && { toldMs: told.ms, toldBy: told.by };
    const untilMs = this.#shared.policy.clock.now() + waitMs;
    this.#tell('waiting', { ...failure, waitMs, untilMs, ...hint });
  }

  /** A hold in the gate begins that is no told wait of this call. */
  holding(opensInMs: number): void {
    const known = opensInMs > 0 && Number.isFinite(opensInMs);
    const untilMs = this.#shared.policy.clock.now() + opensInMs;
    this.#tell('hold', { attempt: this.#attempt + 1, ...(known && { untilMs }) });
  }

  /** It has to wait in the queue of a limiter. */
  queued(place: QueuePlace): void {
    this.#tell('queued', { ...place, attempt: this.#attempt + 1 });
  }

  /** Waiting took this long: in the gate for the told wait of its last attempt, or of others, or queued. */
  held(heldMs: number, why: 'told' | 'others' | 'queued'): void {
    if (why !== 'queued') this.heldMs += heldMs;
    this.#hasWaited = true;
    this.#shared.state.waste.waitedMs += heldMs;
    const beforeAttempt = this.#attempt + 1;
    if (why === 'told') this.#setWait(heldMs);
    else if (why === 'others') this.log.addHold({ beforeAttempt, heldMs });
    else this.log.addHold({ beforeAttempt, heldMs, queued: true });
  }

  /** The call ended well. The entry of its last attempt is made when somebody asks. */
  succeeded(facts: Facts): void {
    this.#endedMs = this.#shared.policy.clock.monotonic();
    this.#success = facts;
    this.#shared.state.waste.useful++;
    this.#tell('success');
  }

  /** The call ended with its last failure. */
  gaveUp(decision: GiveUp, facts: Facts): void {
    const { failure, told, reason, retryAt } = decision;
    this.#endAttempt({ failure, ...(told && { told }) }, facts, decision.notes);
    this.#end({ reason, ...(retryAt !== undefined && { retryAt }) }, failure);
  }

  /** The call ended in a wait or in a gate. */
  ended({ reason, refusal, rebuilt }: CallEnd): void {
    const leftMs = refusal?.retryAfterMs;
    this.#end({
      reason,
      ...(leftMs !== undefined && { retryAt: this.#shared.policy.clock.now() + leftMs }),
      ...(refusal && { refusal: refusal.failure }),
      ...(rebuilt && { rebuilt }),
    });
  }

  /** A layer above repeats a call that was refrained from. */
  repeats(how: EventDetails<'layeredRetry'>): void {
    this.#tell('layeredRetry', how);
  }

  #end(stop: Stop, failure = stop.refusal): void {
    this.#stop = stop;
    this.#endedMs = this.#shared.policy.clock.monotonic();
    const { reason, retryAt } = stop;
    this.#tell('give-up', { ...failure, reason, ...(retryAt && { retryAt }) });
  }

  #setWait(waitMs: number): void {
    this.log.setWait(waitMs);
    this.previousWaitMs = waitMs;
  }

  #endAttempt(
    part: Pick<AttemptPart, 'failure' | 'told'>,
    facts: Facts,
    notes: readonly string[],
  ): void {
    const entry = describeAttempt(this.#part(part, this.attemptMs()), facts);
    this.log.add(entry, honoursKey(facts, this.#shared.provider));
    for (const note of notes) this.log.note(note);
    this.#shared.state.waste.wasted++;
    if (mayBeBilled(this.method, entry)) this.#shared.state.waste.possiblyBilled++;
  }

  #part(part: Pick<AttemptPart, 'failure' | 'told'>, durationMs: number): AttemptPart {
    return { number: this.#attempt, durationMs, ...part };
  }

  #lastPart(): AttemptPart {
    return this.#part({}, this.attemptMs(this.#endedMs));
  }

  /** Sends an event, if anybody listens. */
  #tell<Name extends keyof PolicyEvents>(type: Name, rest?: EventDetails<Name>): void {
    const { events, clock } = this.#shared.policy;
    if (!events.hears(type)) return;
    const { method } = this;
    const record = {
      type,
      call: this.number,
      key: this.#shared.state.label,
      attempt: this.#attempt,
      atMs: clock.now(),
      ...(method !== undefined && { method }),
      ...rest,
    };
    events.emit(record as unknown as PolicyEvent);
  }

  trace(): Trace {
    return describeCall({
      method: this.method,
      provider: this.#shared.provider,
      key: this.#shared.state.label,
      log: this.log,
      elapsedMs: this.#endedMs - this.startedAtMs,
      success: this.#success && describeAttempt(this.#lastPart(), this.#success),
      stop: this.#stop,
    });
  }
}
