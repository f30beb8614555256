import type { Clock } from '@forbear/core';
import { GivenLimit } from './given-limit.js';
import type { Sent } from './learnt-level.js';
import { LearntLimit } from './learnt-limit.js';
import { MemoryGrant } from './memory-grant.js';
import { amountOf, type Need, type Unit } from './need.js';
import type { Charge } from './pace/pacer.js';
import type {
  Grant,
  LimitSnapshot,
  NoGrant,
  PermitSource,
  PermitSourceContext,
  LearntLimit as Told,
  TooLarge,
} from './permit-source.js';
import { Underway } from './underway.js';

const NO_CHARGES: readonly Charge[] = [];
const NOTHING: readonly Told[] = [];

/** A server that names ever more limits is not followed beyond these. */
const MOST_LEARNT = 16;

/** The permits of one key, counted in this process: all given and all learnt limits have to agree. */
export class MemorySource implements PermitSource {
  readonly #clock: Clock;
  readonly #resetShape: 'window' | 'full';
  readonly #given: readonly GivenLimit[];
  readonly #learnt: LearntLimit[] = [];
  readonly #unanswered = new Underway();

  constructor({ clock, limits, resetShape }: PermitSourceContext) {
    this.#clock = clock;
    this.#resetShape = resetShape;
    this.#given = limits.map((limit) => new GivenLimit(limit));
  }

  tryTake(need: Need, nowMs: number, keptShare = 0): Grant | NoGrant {
    let retryInMs = 0;
    for (const each of this.#given) {
      const amount = amountOf(need, each.limit.unit);
      if (amount > 0) retryInMs = Math.max(retryInMs, each.waitMs(amount, nowMs, keptShare));
    }
    for (const each of this.#learnt) {
      const amount = amountOf(need, each.unit);
      const keep = Math.floor((each.limit ?? 0) * keptShare);
      if (amount > 0) retryInMs = Math.max(retryInMs, each.waitMs(amount, nowMs, keep));
    }
    return retryInMs > 0 ? { granted: false, retryInMs } : this.#take(need, nowMs);
  }

  /** Nothing comes to it but by answers, which the lane hands to it. */
  onChange(): void {}

  learn(grant: Grant, limits: readonly Told[]): void {
    const taken = grant as MemoryGrant;
    // What an answer does not tell of may have been taken all the same, so it stays taken.
    if (!this.#unanswered.delete(taken)) return;
    if (limits.length === 0 && this.#given.length === 0) return;
    const nowMs = this.#clock.monotonic();
    for (const [index, charge] of taken.charges.entries()) {
      this.#given[index]?.answered(charge, limits, nowMs);
    }
    const { need, sentAtMs } = taken;
    for (const told of limits) {
      this.#limitOf(told)?.hear(told, { sentAtMs, amount: amountOf(need, told.unit) }, nowMs);
    }
  }

  settle(grant: Grant, used: Need | undefined): void {
    const taken = grant as MemoryGrant;
    if (used !== undefined) this.learn(taken, NOTHING);
    else if (this.#unanswered.delete(taken)) {
      for (const each of this.#learnt) {
        each.giveBack(amountOf(taken.need, each.unit), taken.sentAtMs);
      }
    }
    for (const [index, charge] of taken.charges.entries()) {
      const each = this.#given[index];
      const amount = each && used ? amountOf(used, each.limit.unit) : 0;
      if (charge.amount !== amount) each?.change(charge, amount, this.#clock.monotonic());
    }
  }

  estimateMs(need: Need, ahead: Need): number {
    const nowMs = this.#clock.monotonic();
    const waits = [
      ...this.#given.map((each) => ({ each, unit: each.limit.unit })),
      ...this.#learnt.map((each) => ({ each, unit: each.unit })),
    ].map(({ each, unit }) => {
      const amount = amountOf(need, unit);
      return amount === 0 ? 0 : each.estimateMs(amount, amountOf(ahead, unit), nowMs);
    });
    return Math.max(0, ...waits);
  }

  tooLarge(need: Need): TooLarge | undefined {
    for (const { limit } of this.#given) {
      const amount = amountOf(need, limit.unit);
      if (amount > limit.amount) return { unit: limit.unit, limit: limit.amount, need: amount };
    }
    for (const each of this.#learnt) {
      const { unit, limit } = each;
      const amount = amountOf(need, unit);
      if (limit === undefined || amount <= limit) continue;
      if (each.isSure(this.#clock.monotonic())) return { unit, limit, need: amount };
    }
    return undefined;
  }

  snapshot(): readonly LimitSnapshot[] {
    const nowMs = this.#clock.monotonic();
    const given = this.#given.map((each) => ({
      unit: each.limit.unit,
      limit: each.limit.amount,
      remaining: Math.floor(each.available(nowMs)),
    }));
    const learnt = this.#learnt.map((each) => {
      const { unit, name, limit } = each;
      const remaining = Math.max(0, Math.floor(each.available(nowMs)));
      return {
        unit,
        name,
        ...(limit !== undefined && { limit }),
        ...(Number.isFinite(remaining) && { remaining }),
      };
    });
    return [...given, ...learnt];
  }

  get isFresh(): boolean {
    const nowMs = this.#clock.monotonic();
    return (
      this.#unanswered.isEmpty &&
      this.#given.every((each) => each.isFresh(nowMs)) &&
      this.#learnt.every((each) => each.isFresh(nowMs))
    );
  }

  #take(need: Need, nowMs: number): Grant {
    const charges =
      this.#given.length === 0
        ? NO_CHARGES
        : this.#given.map((each) => each.take(amountOf(need, each.limit.unit), nowMs));
    const grant = new MemoryGrant(need, nowMs, charges);
    this.#unanswered.add(grant);
    for (const each of this.#learnt) each.take(amountOf(need, each.unit), nowMs);
    return grant;
  }

  #limitOf(told: Told): LearntLimit | undefined {
    const { unit, name } = told;
    const known = this.#learnt.find((each) => each.name === name);
    if (known !== undefined || this.#learnt.length >= MOST_LEARNT) return known;
    const learnt = new LearntLimit(told, told.shape ?? this.#resetShape, (sinceMs) =>
      this.#sent(unit, sinceMs),
    );
    this.#learnt.push(learnt);
    return learnt;
  }

  /** What was sent since a time and has no answer yet, the oldest first. */
  *#sent(unit: Unit, sinceMs: number): Generator<Sent> {
    for (const { need, sentAtMs } of this.#unanswered) {
      if (sentAtMs >= sinceMs) yield { sentAtMs, amount: amountOf(need, unit) };
    }
  }
}
