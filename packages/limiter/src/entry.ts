import { type Admission, type Applicant, type LaneAdmission, Waiting } from '@forbear/core';
import type { Door } from './door.js';
import type { Need } from './need.js';
import { levelOf } from './priority.js';
import type { TokenCounter } from './token-estimate.js';

const ABORTED: LaneAdmission = Object.freeze({ kind: 'aborted' });

/**
 * One call that wants to make an attempt, and what it takes of the limits. Its tokens are counted when
 * somebody first asks for them, which nobody does where no limit counts tokens.
 */
export class Entry extends Waiting<LaneAdmission> implements Need {
  readonly number: number;
  readonly applicant: Applicant;
  readonly door: Door;
  readonly level: number;
  /** What it is sorted by among those of its level: the share of its tenant up to it. */
  tag = 0;
  /** Whether its tokens are in the total of its line. */
  isWeighed = false;
  /** `undefined` once they are counted. */
  #counter: TokenCounter | undefined;
  #input = 0;
  #output = 0;

  constructor(applicant: Applicant, door: Door, counter: TokenCounter) {
    super();
    this.number = applicant.number;
    this.applicant = applicant;
    this.door = door;
    this.level = levelOf(applicant.call.priority);
    this.#counter = counter;
  }

  get requests(): number {
    return 1;
  }

  get limitAtMs(): number {
    return this.applicant.limitAtMs;
  }

  get signal(): AbortSignal | null | undefined {
    return this.applicant.signal;
  }

  get tenant(): string {
    return this.applicant.call.tenant ?? '';
  }

  get inputTokens(): number {
    this.#count();
    return this.#input;
  }

  get outputTokens(): number {
    this.#count();
    return this.#output;
  }

  /** Whether anybody has asked for its tokens. */
  get isCounted(): boolean {
    return this.#counter === undefined;
  }

  /** Until when a told wait may keep it, by the monotonic clock. */
  holdEndsAtMs(nowMs: number): number {
    return Math.min(this.limitAtMs, nowMs + this.applicant.maxHoldMs);
  }

  /**
   * What its gate says to it; `undefined`: it has to wait.
   *
   * @param isFirst whether nobody waits before it
   */
  askGate(nowMs: number, isFirst: boolean): Admission | undefined {
    const { number, signal, door } = this;
    const limitAtMs = this.holdEndsAtMs(nowMs);
    return door.barrier.pass({ number, signal, limitAtMs }, nowMs, isFirst);
  }

  tell(said: LaneAdmission): void {
    this.applicant.tell(said);
  }

  aborted(): LaneAdmission {
    return ABORTED;
  }

  expired(): LaneAdmission {
    return this.door.barrier.refuse('expired');
  }

  #count(): void {
    if (this.#counter === undefined) return;
    const { tokens, body } = this.applicant.call;
    const { input, output } = this.#counter(tokens, body);
    this.#counter = undefined;
    this.#input = input;
    this.#output = output;
  }
}
