import {
  adviseConcurrency,
  ask,
  type Clock,
  type Facts,
  type LaneEnd,
  type Permit,
  type ProviderProfile,
} from '@forbear/core';
import type { Concurrency } from './concurrency.js';
import type { Entry } from './entry.js';
import type { KeyNews } from './key-news.js';
import { endKindOf, TakenPermit, usedBy } from './lane-permit.js';
import { readLimits } from './limit-names.js';
import { OpenBodies } from './open-bodies.js';
import type { LearntLimit, PermitSource } from './permit-source.js';

/** What the limits of a key are made of. */
export interface KeyLimitsParts {
  readonly clock: Clock;
  readonly source: PermitSource;
  readonly concurrency: Concurrency;
  /** Whether a body that is still coming counts among those under way. */
  readonly countsBodies: boolean;
  /** What its server means, and which limits it has. */
  readonly profile: ProviderProfile;
  readonly tell: (news: KeyNews) => void;
}

/** After an answer that told nothing, none of a key that has never told anything is looked at for so long. */
const QUIET_MS = 100;

const NOTHING: readonly LearntLimit[] = [];

/** The permits of one key, those under way, and what their answers teach. */
export class KeyLimits {
  readonly source: PermitSource;
  readonly concurrency: Concurrency;
  readonly #parts: KeyLimitsParts;
  readonly #bodies = new OpenBodies();
  readonly #held = new Map<string, number>();
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #hasTold = false;

  constructor(parts: KeyLimitsParts) {
    this.source = parts.source;
    this.concurrency = parts.concurrency;
    this.#parts = parts;
  }

  /** How many are under way. */
  get inFlight(): number {
    this.#bodies.look(this.#parts.clock.monotonic());
    return this.concurrency.inFlight;
  }

  /** Milliseconds until one more may be under way; `Infinity`: when one is over. */
  roomInMs(nowMs: number, keptShare = 0): number {
    if (this.concurrency.hasRoom(keptShare)) return 0;
    this.#bodies.look(nowMs);
    return this.concurrency.hasRoom(keptShare) ? 0 : this.#bodies.dueAtMs - nowMs;
  }

  /**
   * Starts an attempt, or says in how many milliseconds to ask again; `Infinity`: when one is over, or
   * the source has changed.
   *
   * @param keptShare which share of everything is to be left
   */
  tryStart(
    entry: Entry,
    nowMs: number,
    keptShare: number,
    permit: Permit | undefined,
  ): TakenPermit | number {
    const roomInMs = this.roomInMs(nowMs, keptShare);
    if (roomInMs > 0) return roomInMs;
    const taken = this.source.tryTake(entry, nowMs, keptShare);
    if (!taken.granted) return taken.retryInMs;
    return new TakenPermit(entry, taken, this.concurrency.start(), permit);
  }

  /**
   * An attempt is over.
   *
   * @param onLater is told if more of it comes back or is learnt later
   * @returns whether it was not over before
   */
  end(taken: TakenPermit, end: LaneEnd, onLater: () => void): boolean {
    if (taken.isOver) return false;
    taken.isOver = true;
    const used = usedBy(taken, end);
    const told = used === undefined ? NOTHING : this.#read(end.facts);
    this.concurrency.hear(taken.turn, endKindOf(end, told));
    this.#leave(end, onLater);
    if (told.length > 0) {
      this.source.learn(taken.grant, told);
      this.#notice(told);
    }
    if (used instanceof Promise) {
      void used.then((need) => {
        this.source.settle(taken.grant, need);
        onLater();
      });
    } else this.source.settle(taken.grant, used);
    const { closesMs, refusal } = end;
    if (closesMs !== undefined && refusal !== undefined) this.source.hold?.(closesMs, refusal);
    return true;
  }

  #leave({ findOpenBody }: LaneEnd, onLater: () => void): void {
    const body = this.#parts.countsBodies ? ask(findOpenBody) : undefined;
    if (body === undefined) {
      this.concurrency.leave();
      return;
    }
    this.#bodies.add(body, this.#parts.clock.monotonic(), () => {
      this.concurrency.leave();
      onLater();
    });
  }

  #read({ headers, status = 0 }: Facts = {}): readonly LearntLimit[] {
    if (headers === undefined) return NOTHING;
    const { clock, profile } = this.#parts;
    const nowMs = clock.monotonic();
    if (status < 400 && nowMs < this.#quietUntilMs) return NOTHING;
    const limits = readLimits(headers, clock.now(), profile.limits);
    if (limits.length > 0) this.#hasTold = true;
    this.#quietUntilMs = this.#hasTold ? nowMs : nowMs + QUIET_MS;
    return limits;
  }

  #notice(limits: readonly LearntLimit[]): void {
    const { profile, tell } = this.#parts;
    const changed = limits.flatMap(({ name, unit, limit }) => {
      const was = this.#held.get(name);
      if (limit === undefined || limit === was) return [];
      this.#held.set(name, limit);
      const advised = unit === 'requests' ? adviseConcurrency(profile, limit) : undefined;
      if (advised !== undefined) this.concurrency.advise(advised);
      return [{ name, unit, limit, ...(was !== undefined && { was }) }];
    });
    if (changed.length > 0) tell({ type: 'limits', limits: changed });
  }
}
