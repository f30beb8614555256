import type { GiveUp, Retry } from './decide.js';
import type { Facts } from './facts.js';
import { readRequestId } from './http/request-id.js';
import type { Policy } from './policy.js';
import { STOP_REASONS, type StopReason } from './stop-reason.js';
import type { AttemptTrace, Trace, Traced } from './trace.js';

/** RFC 9110, section 9.2.1: these ask for nothing that anybody would bill. */
const SAFE_METHOD = /^(GET|HEAD|OPTIONS|TRACE)$/i;

let calls = 0;

/** Keeps what happens to one call, tells the policy's listeners, and makes the trace when asked. */
export class CallRecord implements Traced {
  readonly policy: Policy;
  method: string | undefined;
  /** The wait before the current attempt, in milliseconds. */
  previousWaitMs = 0;
  readonly #number = ++calls;
  readonly #startedMs: number;
  readonly #attempts: AttemptTrace[] = [];
  readonly #notes = new Set<string>();
  #attemptStartedMs: number;
  #attempt = 0;
  #endedMs = 0;
  #success: Facts | undefined;
  #stop: { readonly reason: StopReason; readonly retryAt?: number } | undefined;
  #protected = false;

  constructor(policy: Policy, method: string | undefined) {
    this.policy = policy;
    this.method = method;
    this.#startedMs = policy.clock.monotonic();
    this.#attemptStartedMs = this.#startedMs;
  }

  /** Milliseconds since the call started. */
  elapsedMs(): number {
    return this.policy.clock.monotonic() - this.#startedMs;
  }

  /** Begins the next attempt and returns its number, from 1. */
  startAttempt(): number {
    const { events, clock } = this.policy;
    this.#attempt++;
    if (this.#attempt > 1) {
      this.#attemptStartedMs = clock.monotonic();
      if (events.hears('retry')) events.emit({ type: 'retry', ...this.#event() });
    }
    if (events.hears('attempt')) events.emit({ type: 'attempt', ...this.#event() });
    return this.#attempt;
  }

  /** An attempt failed and another will follow it. */
  waiting(retry: Retry, facts: Facts): void {
    const { failure, waitMs, told } = retry;
    const hint = told === undefined ? {} : { told };
    this.#endAttempt({ failure, waitMs, ...hint }, facts, retry.notes);
    this.previousWaitMs = waitMs;
    const { events } = this.policy;
    if (!events.hears('waiting')) return;
    const event = this.#event();
    const untilMs = event.atMs + waitMs;
    events.emit({ type: 'waiting', ...event, failure, waitMs, untilMs, ...hint });
  }

  /** The call ended well. The entry of its last attempt is made when somebody asks. */
  succeeded(facts: Facts): void {
    this.#endedMs = this.policy.clock.monotonic();
    this.#success = facts;
    const { events } = this.policy;
    if (events.hears('success')) events.emit({ type: 'success', ...this.#event() });
  }

  /** The call ended with its last failure. */
  gaveUp(decision: GiveUp, facts: Facts): void {
    const { failure, told, reason, retryAt } = decision;
    this.#endAttempt({ failure, ...(told && { told }) }, facts, decision.notes);
    this.#end(reason, { failure, ...(retryAt !== undefined && { retryAt }) });
  }

  /** The caller aborted it in a wait. */
  abortedInWait(): void {
    this.#end('aborted', {});
  }

  #end(reason: StopReason, rest: Pick<Partial<GiveUp>, 'failure' | 'retryAt'>): void {
    const { retryAt } = rest;
    this.#stop = { reason, ...(retryAt !== undefined && { retryAt }) };
    this.#endedMs = this.policy.clock.monotonic();
    const { events } = this.policy;
    if (events.hears('give-up'))
      events.emit({ type: 'give-up', ...this.#event(), reason, ...rest });
  }

  #endAttempt(
    part: Pick<AttemptTrace, 'failure' | 'waitMs' | 'told'>,
    facts: Facts,
    notes: readonly string[],
  ): void {
    this.#attempts.push(this.#entry(part, facts, this.policy.clock.monotonic()));
    for (const note of notes) this.#notes.add(note);
    if (facts.hasIdempotencyKey && this.policy.provider.idempotencyKeyHonoured) {
      this.#protected = true;
    }
  }

  #entry(
    part: Pick<AttemptTrace, 'failure' | 'waitMs' | 'told'>,
    facts: Facts,
    endedMs: number,
  ): AttemptTrace {
    const requestId = readRequestId(facts.headers);
    return {
      number: this.#attempt,
      durationMs: endedMs - this.#attemptStartedMs,
      ...part,
      ...(requestId !== undefined && { requestId }),
    };
  }

  #event() {
    const { method } = this;
    return {
      call: this.#number,
      attempt: this.#attempt,
      atMs: this.policy.clock.now(),
      ...(method !== undefined && { method }),
    };
  }

  trace(): Trace {
    const { method } = this;
    const stop = this.#stop;
    const bills = this.#countBills();
    return {
      outcome: stop ? 'give-up' : 'success',
      ...(method !== undefined && { method }),
      provider: this.policy.provider.name,
      attempts: this.#success
        ? [...this.#attempts, this.#entry({}, this.#success, this.#endedMs)]
        : this.#attempts,
      elapsedMs: this.#endedMs - this.#startedMs,
      ...(stop && { ...stop, remedy: STOP_REASONS[stop.reason].remedy }),
      mayHaveBeenBilled: bills.failed > 0,
      possibleBills: this.#protected ? Math.min(1, bills.all) : bills.all,
      notes: [...this.#notes],
    };
  }

  #countBills(): { readonly failed: number; readonly all: number } {
    if (this.method !== undefined && SAFE_METHOD.test(this.method)) return { failed: 0, all: 0 };
    const isOpen = ({ failure }: AttemptTrace) =>
      failure !== undefined && failure.effect !== 'none';
    const failed = this.#attempts.filter(isOpen).length;
    return { failed, all: failed + (this.#stop ? 0 : 1) };
  }
}
