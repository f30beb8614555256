import {
  Alarm,
  type Applicant,
  type Clock,
  type GateQueue,
  type LaneAdmission,
  type LaneEnd,
  type QueuePlace,
} from '@forbear/core';
import { Attendance } from './attendance.js';
import type { Door } from './door.js';
import { Doors } from './doors.js';
import { Entry } from './entry.js';
import { KeptShare } from './kept-share.js';
import type { KeyLimits } from './key-limits.js';
import type { TakenPermit } from './lane-permit.js';
import type { LevelLine } from './level-line.js';
import { NeverFitsError } from './never-fits-error.js';
import { Order } from './order.js';
import { type Asking, placeOf } from './place.js';
import { INTERACTIVE } from './priority.js';
import { QueueFullError } from './queue-full-error.js';
import type { QueueRules } from './queue-rules.js';
import { turnAway } from './turn-away.js';

const NEVER = Number.POSITIVE_INFINITY;
const TOO_LATE: LaneAdmission = Object.freeze({ kind: 'too-late' });

/**
 * The queue of one key, in front of the gates of all policies that call it. A timer runs only while
 * somebody waits.
 */
export class KeyQueue implements GateQueue {
  /** What may be shown of its key. */
  readonly label: string;
  readonly doors = new Doors();
  readonly limits: KeyLimits;
  readonly attendance: Attendance;
  readonly #rules: QueueRules;
  readonly #clock: Clock;
  readonly #order: Order;
  readonly #alarm: Alarm;
  readonly #kept: KeptShare;
  #isPumping = false;

  constructor(label: string, rules: QueueRules, clock: Clock, limits: KeyLimits) {
    this.label = label;
    this.#rules = rules;
    this.#clock = clock;
    this.limits = limits;
    this.attendance = new Attendance(rules.onQuiet);
    this.#order = new Order(clock, rules.ageingMs, () => this.pump());
    this.#alarm = new Alarm(clock, () => this.pump());
    this.#kept = new KeptShare(rules.interactiveShare, clock);
    limits.source.onChange(() => this.pump());
  }

  get length(): number {
    return this.#order.length;
  }

  /** Whether no call of it is under way. */
  get isQuiet(): boolean {
    return this.attendance.isEmpty;
  }

  /** Asks to make an attempt; `undefined`: it has to wait. */
  enter(applicant: Applicant, door: Door): LaneAdmission | undefined {
    const entry = new Entry(applicant, door, this.#rules.countTokens);
    this.#kept.notice(entry.level);
    const said = this.#answer(entry, applicant.isRetry);
    if (said !== undefined) return said;
    const { limitAtMs } = entry;
    const isLimited = limitAtMs < NEVER;
    const asks = isLimited || applicant.onQueued !== undefined;
    const place = asks ? this.placeOf(entry) : { position: 0 };
    if (isLimited && this.#clock.monotonic() + (place.estimateMs ?? 0) >= limitAtMs)
      return TOO_LATE;
    if (!applicant.isRetry && !this.#makeRoom(entry)) {
      return turnAway(new QueueFullError(this.#rules.maxQueued));
    }
    this.#order.join(entry);
    // Whoever is told its place may make more calls from there.
    const changes = this.length === 1 || entry.level >= INTERACTIVE;
    applicant.onQueued?.(place);
    if (changes) this.pump();
    return undefined;
  }

  /** An attempt is over. */
  leave(taken: TakenPermit, end: LaneEnd): void {
    if (this.limits.end(taken, end, () => this.pump())) this.pump();
  }

  /** Where a call would stand that came now. */
  placeOf(call: Asking): QueuePlace {
    const { limits, doors } = this;
    return placeOf(call, this.#clock.monotonic(), { order: this.#order, limits, doors });
  }

  /** Lets go whoever may go now, and sets the timer for the next change, if anybody still waits. */
  pump(): void {
    if (this.#isPumping) return;
    if (this.length === 0) {
      this.#alarm.set(undefined);
      return;
    }
    this.#isPumping = true;
    const wakeAtMs = this.#letGo();
    this.#isPumping = false;
    this.#alarm.set(wakeAtMs < NEVER ? wakeAtMs : undefined);
  }

  /** Lets none wait any longer, nor again. */
  turnAllAway(): void {
    this.attendance.stop(this.length);
    this.#order.sweep(() => turnAway(new QueueFullError(0, 'drained')));
    this.pump();
  }

  /** Whether one more may wait, if need be instead of one of lower priority. */
  #makeRoom(entry: Entry): boolean {
    const { maxQueued } = this.#rules;
    if (this.length < maxQueued) return true;
    return this.#order.evictBelow(entry.level, turnAway(new QueueFullError(maxQueued, 'evicted')));
  }

  /** What a call is told at once; `undefined`: it has to wait. */
  #answer(entry: Entry, isRetry: boolean): LaneAdmission | undefined {
    if (!this.attendance.admits(isRetry)) return turnAway(new QueueFullError(0, 'drained'));
    const tooLarge = this.limits.source.tooLarge(entry);
    if (tooLarge !== undefined) return turnAway(new NeverFitsError(tooLarge));
    if (this.length === 0) {
      const said = this.#tryStart(entry, entry.level, this.#clock.monotonic());
      if (typeof said === 'object') return said;
    } else if (!entry.door.barrier.isOpen) {
      const said = entry.askGate(this.#clock.monotonic(), false);
      if (said !== undefined && said.kind !== 'admitted') return said;
    }
    return entry.signal?.aborted ? entry.aborted() : undefined;
  }

  /**
   * What the first of those that wait is told now; a number: nothing yet, ask again at that time.
   *
   * @param level its priority, with the age of its line if an interactive call has come meanwhile
   */
  #tryStart(entry: Entry, level: number, nowMs: number): LaneAdmission | number {
    const { door } = entry;
    if (this.doors.size > 1) {
      const othersAtMs = this.doors.opensAtMs(nowMs, door);
      if (othersAtMs > nowMs) return othersAtMs;
    }
    const { barrier } = door;
    const said = barrier.isOpen ? undefined : entry.askGate(nowMs, true);
    if (said === undefined && !barrier.isOpen) return barrier.changesAtMs(nowMs) ?? NEVER;
    if (said !== undefined && said.kind !== 'admitted') return said;
    const kept = this.#kept.from(level, nowMs);
    const started = this.limits.tryStart(entry, nowMs, kept, said?.permit);
    if (typeof started === 'object') return started;
    door.giveBack(said?.permit);
    return nowMs + started;
  }

  /** Gives when to look again; `Infinity`: only something else changes it. */
  #letGo(): number {
    const nowMs = this.#clock.monotonic();
    this.doors.obey(this.#order, nowMs);
    for (;;) {
      const roomInMs = this.limits.roomInMs(nowMs);
      if (roomInMs > 0) return nowMs + roomInMs;
      const line = this.#order.next(nowMs);
      if (line === undefined) return NEVER;
      const retryAtMs = this.#shift(line, nowMs);
      if (retryAtMs === undefined) continue;
      // What is kept from the one that is next may be there for an interactive one.
      const interactive = this.#order.interactive;
      if (interactive === undefined || interactive === line) return retryAtMs;
      const otherAtMs = this.#shift(interactive, nowMs);
      if (otherAtMs !== undefined) return Math.min(retryAtMs, otherAtMs);
    }
  }

  /** Lets the first of a line go, or says when to ask again. */
  #shift(line: LevelLine, nowMs: number): number | undefined {
    const entry = line.first;
    if (entry === undefined) return undefined;
    const tooLarge = this.limits.source.tooLarge(entry);
    // Its tokens may be counted by the user's own function, which may abort it or make other calls.
    if (line.first !== entry) return undefined;
    const isPassed = this.#kept.isLaterThan(line.neglectedSinceMs);
    const level = isPassed ? this.#order.levelOf(line, nowMs) : entry.level;
    const said = tooLarge
      ? turnAway(new NeverFitsError(tooLarge))
      : this.#tryStart(entry, level, nowMs);
    if (typeof said === 'number') return said;
    this.#order.shift(line, said, nowMs);
    return undefined;
  }
}
