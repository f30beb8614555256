import type { Admission, Caller, GateRules, GateState, Permit, PermitEnd } from './admission.js';
import { Alarm } from './alarm.js';
import type { Closure } from './closure.js';
import { Ramp, stepAfterRefusal } from './ramp.js';
import { giveRefusal, type Refusal } from './refusal.js';
import { WaitingLine } from './waiting-line.js';

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
const ABORTED: Admission = Object.freeze({ kind: 'aborted' });

/**
 * Holds the attempts of one key while the server says that they would be refused, and lets them go
 * again a few at a time. Its state is computed from timestamps when somebody asks; a timer runs only
 * while somebody waits.
 */
export class Gate {
  readonly #rules: GateRules;
  readonly #line: WaitingLine<Admission>;
  #shut: Shut | undefined;
  #threshold = Number.POSITIVE_INFINITY;
  #stepMs = stepAfterRefusal(0);
  readonly #alarm: Alarm;

  constructor(rules: GateRules) {
    this.#rules = rules;
    this.#line = new WaitingLine(rules.clock, () => this.#pump());
    this.#alarm = new Alarm(rules.clock, () => this.#pump());
  }

  get isOpen(): boolean {
    return this.#shut === undefined;
  }

  /** How many calls wait in it. */
  get waiting(): number {
    return this.#line.length;
  }

  get state(): GateState {
    return this.#stateAt(this.#rules.clock.monotonic());
  }

  /** Milliseconds until it opens: 0 when it does not keep anybody from starting, `Infinity` unknown. */
  get opensInMs(): number {
    const opensAtMs = this.#shut?.opensAtMs ?? 0;
    return Math.max(0, opensAtMs - this.#rules.clock.monotonic());
  }

  /** Asks to make an attempt: answered at once, or when the wait is over. It never rejects. */
  enter(caller: Caller): Admission | Promise<Admission> {
    if (this.#shut === undefined) return OPEN;
    if (caller.signal?.aborted) return ABORTED;
    const shut = this.#shut;
    const nowMs = this.#rules.clock.monotonic();
    switch (this.#stateAt(nowMs)) {
      case 'open':
        return OPEN;
      case 'refusing':
        return this.#probe(shut, nowMs) ?? this.#refuse(shut, 'refused');
      case 'closed':
        if (caller.limitAtMs <= shut.toldUntilMs) return this.#refuse(shut, 'too-late');
        break;
      case 'reopening':
        if (caller.limitAtMs <= nowMs) return this.#refuse(shut, 'expired');
        if (this.#line.length === 0) {
          const permit = this.#takeTurn(shut, nowMs);
          if (permit !== undefined) return { kind: 'admitted', permit };
        }
    }
    return this.#wait(shut, caller);
  }

  /**
   * An attempt was told that its key is refused. A told wait is never shortened.
   *
   * @param tookMs how long that took, in milliseconds: another refusal would not take much longer
   */
  close({ ms, jitterMs }: Closure, refusal: Refusal, tookMs = 0): void {
    this.#stepMs = stepAfterRefusal(tookMs);
    const nowMs = this.#rules.clock.monotonic();
    const untilMs = nowMs + ms;
    const before = this.#stateAt(nowMs) === 'open' ? undefined : this.#shut;
    this.#threshold = before?.ramp?.thresholdAfterRefusal ?? this.#threshold;
    if (before === undefined || untilMs >= before.toldUntilMs) {
      this.#shut = {
        refusal,
        toldUntilMs: untilMs,
        opensAtMs: untilMs + jitterMs,
        probeAtMs: nowMs + this.#rules.probeMs,
        ramp: undefined,
      };
    }
    this.#pump();
  }

  /** An attempt that had this permit is over. */
  settle({ ramp, under }: Permit, end: PermitEnd): void {
    ramp?.release(end !== 'unanswered', this.#rules.clock.monotonic());
    // The success of a probe says nothing of what has closed the gate since.
    const proves = ramp === undefined && end === 'succeeded' && under === this.#shut;
    if (proves && this.state !== 'reopening') this.#reopen();
    this.#pump();
  }

  /** Opens it by hand, because its user knows better: the wallet was filled, say. */
  open(): void {
    if (this.state !== 'reopening') this.#reopen();
    this.#pump();
  }

  #reopen(): void {
    const shut = this.#shut;
    if (shut === undefined) return;
    const nowMs = this.#rules.clock.monotonic();
    if (this.#line.length === 0) this.#shut = undefined;
    else this.#shut = { ...shut, toldUntilMs: nowMs, opensAtMs: nowMs, ramp: undefined };
  }

  #stateAt(nowMs: number): GateState {
    const shut = this.#shut;
    if (shut === undefined) return 'open';
    const leftMs = shut.toldUntilMs - nowMs;
    const isSpent = leftMs > 0 && shut.refusal.failure.kind === 'quota-exhausted';
    if (isSpent || leftMs > this.#rules.maxRetryAfterMs) return 'refusing';
    if (nowMs < shut.opensAtMs) return 'closed';
    shut.ramp ??= new Ramp(shut.opensAtMs, this.#threshold, this.#stepMs);
    if (this.#line.length > 0 || !(shut.ramp.answered || shut.ramp.isOver(nowMs))) {
      return 'reopening';
    }
    this.#shut = undefined;
    this.#threshold = Number.POSITIVE_INFINITY;
    return 'open';
  }

  #takeTurn(shut: Shut, nowMs: number): Permit | undefined {
    return shut.ramp?.take(nowMs) ? { ramp: shut.ramp, under: shut } : undefined;
  }

  #probe(shut: Shut, nowMs: number): Admission | undefined {
    if (nowMs < shut.probeAtMs) return undefined;
    shut.probeAtMs = nowMs + this.#rules.probeMs;
    return { kind: 'admitted', permit: { ramp: undefined, under: shut } };
  }

  #refuse(shut: Shut, kind: 'refused' | 'too-late' | 'expired'): Admission {
    const leftMs = shut.toldUntilMs - this.#rules.clock.monotonic();
    return { kind, refusal: giveRefusal(shut.refusal, leftMs) };
  }

  #wait(shut: Shut, { number, limitAtMs, signal }: Caller): Promise<Admission> {
    const expired = () => this.#refuse(this.#shut ?? shut, 'expired');
    const ended = this.#line.join({
      number,
      limitAtMs,
      signal,
      ends: { aborted: ABORTED, expired },
    });
    this.#pump();
    return ended;
  }

  /** Lets go whoever may go now, and sets the timer for the next change, if anybody still waits. */
  #pump(): void {
    const nowMs = this.#rules.clock.monotonic();
    const state = this.#stateAt(nowMs);
    const shut = this.#shut;
    if (shut === undefined) {
      while (this.#line.length > 0) this.#line.shift(OPEN);
    } else if (state === 'refusing') {
      while (this.#line.length > 0) this.#line.shift(this.#refuse(shut, 'refused'));
    } else if (state === 'closed') {
      this.#line.drop(shut.toldUntilMs, () => this.#refuse(shut, 'too-late'));
      // Jitter alone never makes a call miss its limit: half of the time that is left has to do.
      const halfWayMs = (shut.toldUntilMs + this.#line.firstLimitAtMs) / 2;
      if (this.#line.firstLimitAtMs <= shut.opensAtMs) shut.opensAtMs = halfWayMs;
    } else {
      while (this.#line.length > 0) {
        const permit = this.#takeTurn(shut, nowMs);
        if (permit === undefined) break;
        this.#line.shift({ kind: 'admitted', permit });
      }
    }
    const nextAtMs = state === 'closed' ? shut?.opensAtMs : shut?.ramp?.nextStepAtMs;
    this.#alarm.set(this.#line.length > 0 ? nextAtMs : undefined);
  }
}
