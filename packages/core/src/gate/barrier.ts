import type {
  Admission,
  Caller,
  GateRules,
  GateState,
  KeptOut,
  Permit,
  PermitEnd,
} from './admission.js';
import type { Closure } from './closure.js';
import { Ramp, stepAfterRefusal } from './ramp.js';
import { giveRefusal, type Refusal } from './refusal.js';

interface Shut {
  refusal: Refusal;
  /** What the server told: until then nothing is sent. By the monotonic clock; may be `Infinity`. */
  toldUntilMs: number;
  /** That and its jitter. */
  opensAtMs: number;
  /** From when on the next probe may go. */
  probeAtMs: number;
  /** From when it opens. */
  ramp: Ramp | undefined;
}

const OPEN: Admission = Object.freeze({ kind: 'admitted' });

/**
 * What lets the attempts of one key through, or not, without the line of those who wait. Its state is
 * computed from timestamps when somebody asks.
 */
export class Barrier {
  readonly #rules: GateRules;
  readonly #waiting: () => number;
  #shut: Shut | undefined;
  #threshold = Number.POSITIVE_INFINITY;
  #stepMs = stepAfterRefusal(0);

  /** @param waiting how many calls wait in front of it: while any does it does not open wide */
  constructor(rules: GateRules, waiting: () => number) {
    this.#rules = rules;
    this.#waiting = waiting;
  }

  get isOpen(): boolean {
    return this.#shut === undefined;
  }

  /** When it opens, by the monotonic clock; 0: it does not keep anybody from starting. */
  get opensAtMs(): number {
    return this.#shut?.opensAtMs ?? 0;
  }

  /** Until when the server told to wait, by the monotonic clock; 0: it did not. */
  get toldUntilMs(): number {
    return this.#shut?.toldUntilMs ?? 0;
  }

  stateAt(nowMs: number): GateState {
    const shut = this.#shut;
    if (shut === undefined) return 'open';
    const leftMs = shut.toldUntilMs - nowMs;
    const isSpent = leftMs > 0 && shut.refusal.failure.kind === 'quota-exhausted';
    if (isSpent || leftMs > this.#rules.maxRetryAfterMs) return 'refusing';
    if (nowMs < shut.opensAtMs) return 'closed';
    shut.ramp ??= new Ramp(shut.opensAtMs, this.#threshold, this.#stepMs);
    if (this.#waiting() > 0 || !(shut.ramp.answered || shut.ramp.isOver(nowMs))) {
      return 'reopening';
    }
    this.#shut = undefined;
    this.#threshold = Number.POSITIVE_INFINITY;
    return 'open';
  }

  /** When its state changes next if nothing else happens; `undefined`: only something else changes it. */
  changesAtMs(nowMs: number): number | undefined {
    const state = this.stateAt(nowMs);
    return state === 'closed' ? this.#shut?.opensAtMs : this.#shut?.ramp?.nextStepAtMs;
  }

  /**
   * What a call is told that wants to make an attempt now; `undefined`: it has to wait.
   *
   * @param isFirst whether nobody waits before it
   */
  pass({ limitAtMs }: Caller, nowMs: number, isFirst: boolean): Admission | undefined {
    const state = this.stateAt(nowMs);
    const shut = this.#shut;
    if (shut === undefined) return OPEN;
    if (state === 'refusing') return this.#probe(shut, nowMs) ?? this.refuse('refused');
    if (state === 'closed') {
      return limitAtMs <= shut.toldUntilMs ? this.refuse('too-late') : undefined;
    }
    if (limitAtMs <= nowMs) return this.refuse('expired');
    const permit = isFirst && shut.ramp?.take(nowMs) ? { ramp: shut.ramp, under: shut } : undefined;
    return permit && { kind: 'admitted', permit };
  }

  /** What a call gets that it keeps from starting, or that is out of time. */
  refuse(kind: 'refused' | 'too-late' | 'expired'): KeptOut {
    const shut = this.#shut;
    if (shut === undefined) return { kind: 'expired' };
    const leftMs = shut.toldUntilMs - this.#rules.clock.monotonic();
    return { kind, refusal: giveRefusal(shut.refusal, leftMs) };
  }

  /** Whether leave that was given with this permit still holds. */
  stillAdmits(permit: Permit | undefined): boolean {
    return this.#shut === undefined || permit?.under === this.#shut;
  }

  /** @see Gate.close */
  close({ ms, jitterMs }: Closure, refusal: Refusal, tookMs: number): void {
    this.#stepMs = stepAfterRefusal(tookMs);
    const nowMs = this.#rules.clock.monotonic();
    const untilMs = nowMs + ms;
    const before = this.stateAt(nowMs) === 'open' ? undefined : this.#shut;
    this.#threshold = before?.ramp?.thresholdAfterRefusal ?? this.#threshold;
    if (before !== undefined && untilMs < before.toldUntilMs) return;
    this.#shut = {
      refusal,
      toldUntilMs: untilMs,
      opensAtMs: untilMs + jitterMs,
      probeAtMs: nowMs + this.#rules.probeMs,
      ramp: undefined,
    };
  }

  /** An attempt that had this permit is over. */
  settle({ ramp, under }: Permit, end: PermitEnd): void {
    const nowMs = this.#rules.clock.monotonic();
    ramp?.release(end !== 'unanswered', nowMs);
    // The success of a probe says nothing of what has closed the gate since.
    const proves = ramp === undefined && end === 'succeeded' && under === this.#shut;
    if (proves) this.reopen();
  }

  /** Ends the told wait. */
  reopen(): void {
    const nowMs = this.#rules.clock.monotonic();
    const shut = this.#shut;
    if (shut === undefined || this.stateAt(nowMs) === 'reopening') return;
    if (this.#waiting() === 0) this.#shut = undefined;
    else this.#shut = { ...shut, toldUntilMs: nowMs, opensAtMs: nowMs, ramp: undefined };
  }

  /**
   * Jitter alone never makes a call miss its limit: half of the time that is left has to do. A limit
   * within the told wait itself is missed.
   *
   * @param limitAtMs the first limit among those who wait
   */
  cutJitter(limitAtMs: number): void {
    const shut = this.#shut;
    if (shut === undefined || limitAtMs <= shut.toldUntilMs) return;
    if (limitAtMs <= shut.opensAtMs) shut.opensAtMs = (shut.toldUntilMs + limitAtMs) / 2;
  }

  #probe(shut: Shut, nowMs: number): Admission | undefined {
    if (nowMs < shut.probeAtMs) return undefined;
    shut.probeAtMs = nowMs + this.#rules.probeMs;
    return { kind: 'admitted', permit: { ramp: undefined, under: shut } };
  }
}
