import type { Applicant, LaneAdmission, TokenCount, Waiting } from '@forbear/core';
import type { Door } from './door.js';
import type { Need } from './need.js';
import { levelOf } from './priority.js';
import type { TokenCounter } from './token-estimate.js';

/**
 * One call that wants to make an attempt, and what it takes of the limits. Its tokens are counted when
 * somebody first asks for them, which nobody does where no limit counts tokens.
 */
export class Entry implements Waiting<LaneAdmission>, Need {
  readonly requests = 1;
  readonly door: Door;
  readonly number: number;
  readonly limitAtMs: number;
  readonly signal: AbortSignal | null | undefined;
  readonly ends: Waiting<LaneAdmission>['ends'];
  readonly maxHoldMs: number;
  readonly level: number;
  readonly tenant: string;
  readonly keepsPlace: boolean;
  /** What it is sorted by among those of its level: the share of its tenant up to it. */
  tag = 0;
  /** Whether its tokens are in the total of its line. */
  isWeighed = false;
  /** `undefined` once they are counted. */
  #counter: TokenCounter | undefined;
  #said: TokenCount | undefined;
  #body: unknown;
  #input = 0;
  #output = 0;

  constructor(applicant: Applicant, door: Door, counter: TokenCounter) {
    this.door = door;
    this.number = applicant.number;
    this.limitAtMs = applicant.limitAtMs;
    this.signal = applicant.signal;
    this.ends = door.ends;
    this.maxHoldMs = applicant.maxHoldMs;
    this.level = levelOf(applicant.priority);
    this.tenant = applicant.tenant ?? '';
    this.keepsPlace = applicant.keepsPlace;
    this.#counter = counter;
    this.#said = applicant.tokens;
    this.#body = applicant.body;
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
    return Math.min(this.limitAtMs, nowMs + this.maxHoldMs);
  }

  #count(): void {
    if (this.#counter === undefined) return;
    const { input, output } = this.#counter(this.#said, this.#body);
    this.#counter = undefined;
    this.#body = undefined;
    this.#input = input;
    this.#output = output;
  }
}
