import type { Clock, LaneAdmission } from '@forbear/core';
import type { Entry } from './entry.js';
import { LevelLine } from './level-line.js';
import type { Need } from './need.js';
import { INTERACTIVE } from './priority.js';

/**
 * Calls that wait, by priority and age. A line that is passed over ages: after `ageingMs` of that the
 * lowest priority goes before the highest, so that nothing starves. One that is served does not age, so
 * that a long line of batch calls keeps no interactive one waiting.
 */
export class Order {
  readonly #clock: Clock;
  readonly #onLeave: () => void;
  readonly #ageingMs: number;
  /** The highest level first; those that are empty are kept, there are 101 at most. */
  #lines: readonly LevelLine[] = [];
  #length = 0;
  #leastHoldMs = Number.POSITIVE_INFINITY;

  /** @param onLeave is told when one has left by itself, aborted or out of time */
  constructor(clock: Clock, ageingMs: number, onLeave: () => void) {
    this.#clock = clock;
    this.#ageingMs = ageingMs;
    this.#onLeave = onLeave;
  }

  get length(): number {
    return this.#length;
  }

  /** The first deadline that any of them has, or an earlier one. */
  get firstLimitAtMs(): number {
    return Math.min(...this.#lines.map((line) => line.firstLimitAtMs));
  }

  join(entry: Entry): void {
    this.#length++;
    this.#leastHoldMs = Math.min(this.#leastHoldMs, entry.applicant.maxHoldMs);
    this.#lineOf(entry.level).join(entry);
  }

  /** The priority that a line has by now, with its age. */
  levelOf(line: LevelLine, nowMs: number): number {
    return line.level + ((nowMs - line.neglectedSinceMs) / this.#ageingMs) * INTERACTIVE;
  }

  /** The line whose first goes next. */
  next(nowMs: number): LevelLine | undefined {
    let next: LevelLine | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const line of this.#lines) {
      if (line.length === 0) continue;
      const aged = this.levelOf(line, nowMs);
      if (aged > most) {
        most = aged;
        next = line;
      }
    }
    return next;
  }

  /** The line of those that may use what is kept for interactive calls, if any waits. */
  get interactive(): LevelLine | undefined {
    const first = this.#lines[0];
    return first !== undefined && first.level >= INTERACTIVE && first.length > 0
      ? first
      : undefined;
  }

  /** Lets the first of a line go. */
  shift(line: LevelLine, end: LaneAdmission, nowMs: number): void {
    this.#length--;
    line.shift(end, nowMs);
  }

  /** Turns away the last of the lowest level below `level`. Says whether there was one. */
  evictBelow(level: number, end: LaneAdmission): boolean {
    const lowest = this.#lines.findLast((line) => line.length > 0);
    if (lowest === undefined || lowest.level >= level) return false;
    this.#length--;
    lowest.pop(end);
    return true;
  }

  /**
   * Lets all go for whom a told wait is too long.
   *
   * @param toldUntilMs when it ends
   */
  drop(toldUntilMs: number, nowMs: number, end: (entry: Entry) => LaneAdmission | undefined): void {
    if (Math.min(this.firstLimitAtMs, nowMs + this.#leastHoldMs) > toldUntilMs) return;
    this.sweep(end);
  }

  /** Lets all go that `end` has an end for. */
  sweep(end: (entry: Entry) => LaneAdmission | undefined): void {
    for (const line of this.#lines) {
      const before = line.length;
      line.sweep(end);
      this.#length -= before - line.length;
    }
    if (this.#length === 0) this.#leastHoldMs = Number.POSITIVE_INFINITY;
  }

  /** What goes before a call of this level and tenant that comes now, as far as it can be told. */
  aheadOf(level: number, tenant: string): Need {
    const ahead = { requests: 0, inputTokens: 0, outputTokens: 0 };
    for (const line of this.#lines) {
      if (line.level < level || line.length === 0) continue;
      const { requests, inputTokens, outputTokens } = line.total;
      const calls = line.level > level ? requests : line.aheadOf(tenant);
      ahead.requests += calls;
      ahead.inputTokens += (inputTokens * calls) / requests;
      ahead.outputTokens += (outputTokens * calls) / requests;
    }
    return ahead;
  }

  #lineOf(level: number): LevelLine {
    const known = this.#lines.find((line) => line.level === level);
    if (known !== undefined) return known;
    const line = new LevelLine(level, this.#clock, () => {
      this.#length--;
      this.#onLeave();
    });
    this.#lines = [...this.#lines, line].sort((one, other) => other.level - one.level);
    return line;
  }
}
