import type { Admission, Caller, GateRules, GateState, Permit, PermitEnd } from './admission.js';
import { Alarm } from './alarm.js';
import { Barrier } from './barrier.js';
import type { Closure } from './closure.js';
import type { GateQueue } from './gate-queue.js';
import type { Refusal } from './refusal.js';
import { Waiting, WaitingLine } from './waiting-line.js';

const OPEN: Admission = Object.freeze({ kind: 'admitted' });
const ABORTED: Admission = Object.freeze({ kind: 'aborted' });

/** A call that a gate holds. */
class Held extends Waiting<Admission> {
  readonly number: number;
  readonly limitAtMs: number;
  readonly signal: AbortSignal | null | undefined;
  readonly tell: (said: Admission) => void;
  readonly #barrier: Barrier;

  constructor(
    { number, limitAtMs, signal }: Caller,
    barrier: Barrier,
    tell: (said: Admission) => void,
  ) {
    super();
    this.number = number;
    this.limitAtMs = limitAtMs;
    this.signal = signal;
    this.tell = tell;
    this.#barrier = barrier;
  }

  aborted(): Admission {
    return ABORTED;
  }

  expired(): Admission {
    return this.#barrier.refuse('expired');
  }
}

/**
 * Holds the attempts of one key while the server says that they would be refused, and lets them go
 * again a few at a time. Its state is computed from timestamps when somebody asks; a timer runs only
 * while somebody waits.
 */
export class Gate {
  readonly #rules: GateRules;
  readonly #barrier: Barrier;
  readonly #line: WaitingLine<Admission, Held>;
  readonly #alarm: Alarm;
  #queue: GateQueue | undefined;

  constructor(rules: GateRules) {
    this.#rules = rules;
    this.#barrier = new Barrier(rules, () => this.waiting);
    this.#line = new WaitingLine(rules.clock, () => this.#pump());
    this.#alarm = new Alarm(rules.clock, () => this.#pump());
  }

  get isOpen(): boolean {
    return this.#barrier.isOpen;
  }

  /** How many calls wait in it. */
  get waiting(): number {
    return this.#queue === undefined ? this.#line.length : this.#queue.length;
  }

  get state(): GateState {
    return this.#barrier.stateAt(this.#rules.clock.monotonic());
  }

  /** Milliseconds until it opens: 0 when it does not keep anybody from starting, `Infinity` unknown. */
  get opensInMs(): number {
    return Math.max(0, this.#barrier.opensAtMs - this.#rules.clock.monotonic());
  }

  /** Asks to make an attempt: answered at once, or when the wait is over. It never rejects. */
  enter(caller: Caller): Admission | Promise<Admission> {
    if (this.isOpen) return OPEN;
    if (caller.signal?.aborted) return ABORTED;
    const nowMs = this.#rules.clock.monotonic();
    const said = this.#barrier.pass(caller, nowMs, this.#line.length === 0);
    if (said !== undefined) return said;
    return new Promise((resolve) => {
      this.#line.join(new Held(caller, this.#barrier, resolve));
      this.#pump();
    });
  }

  /**
   * An attempt was told that its key is refused. A told wait is never shortened.
   *
   * @param tookMs how long that took, in milliseconds: another refusal would not take much longer
   */
  close(closure: Closure, refusal: Refusal, tookMs = 0): void {
    this.#barrier.close(closure, refusal, tookMs);
    this.#pump();
  }

  /** An attempt that had this permit is over. */
  settle(permit: Permit, end: PermitEnd): void {
    this.#barrier.settle(permit, end);
    this.#pump();
  }

  /** Opens it by hand, because its user knows better: the wallet was filled, say. */
  open(): void {
    this.#barrier.reopen();
    this.#pump();
  }

  /** Whether leave that was given with this permit still holds: it has not closed since. */
  stillAdmits(permit: Permit | undefined): boolean {
    return this.#barrier.stillAdmits(permit);
  }

  /** Gives it another queue than its own; calls come to that one from now on, and it asks here. */
  attach(queue: GateQueue): Barrier {
    this.#queue = queue;
    return this.#barrier;
  }

  /** Lets go whoever may go now, and sets the timer for the next change, if anybody still waits. */
  #pump(): void {
    if (this.#queue !== undefined) {
      this.#queue.pump();
      return;
    }
    const nowMs = this.#rules.clock.monotonic();
    if (this.#barrier.stateAt(nowMs) === 'closed') {
      this.#line.drop(this.#barrier.toldUntilMs, () => this.#barrier.refuse('too-late'));
      this.#barrier.cutJitter(this.#line.firstLimitAtMs);
    } else this.#letGo(nowMs);
    this.#alarm.set(this.#line.length > 0 ? this.#barrier.changesAtMs(nowMs) : undefined);
  }

  #letGo(nowMs: number): void {
    const isRefusing = this.#barrier.stateAt(nowMs) === 'refusing';
    for (let first = this.#line.first; first !== undefined; first = this.#line.first) {
      const said = isRefusing
        ? this.#barrier.refuse('refused')
        : this.#barrier.pass(first, nowMs, true);
      if (said === undefined) return;
      this.#line.shift(said);
    }
  }
}
