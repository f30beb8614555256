import type { Clock } from '@forbear/core';
import { amountOf, type Need, type Unit } from '../need.js';
import { type Limits, UNITS } from './limits.js';
import type { Link } from './link.js';
import { LocalPace } from './local-pace.js';
import type { Meter } from './meter.js';
import { PacedPermits } from './paced-permits.js';
import { TokenReservoir } from './token-reservoir.js';

/** For how long the keys of Bottleneck stay when nobody uses them, in milliseconds. */
const KEEP_MS = 600_000;
/** How often the paces of learnt limits are looked at, in milliseconds. */
const ADAPT_MS = 100;
/** Paces that differ by less are the same. */
const SAME_PACE = 0.05;
/** Requests are spaced a little wider than the limit, since some travel faster than others. */
const SPACING = 1.002;
const USUAL_WINDOW_MS = 60_000;

export interface MetersOptions {
  readonly link: Link;
  readonly id: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly peers: () => number;
  readonly changed: () => void;
}

interface Metered {
  readonly unit: Unit;
  readonly meter: Meter;
  readonly local: LocalPace;
}

/** What meters the units of one key: all of them are taken together, or none. */
export class Meters {
  readonly requests: PacedPermits;
  readonly #options: MetersOptions;
  readonly #all = new Map<Unit, Metered>();
  #adaptedAtMs = Number.NEGATIVE_INFINITY;
  #stopLook: (() => void) | undefined;

  constructor(options: MetersOptions) {
    this.#options = options;
    const { link, clock, id, peers, changed } = options;
    const nowMs = clock.monotonic();
    this.requests = new PacedPermits({
      connection: link.connection,
      clock,
      id: `${id}:requests`,
      paceMs: this.#paceMs('requests', nowMs),
      peers,
      timeoutMs: KEEP_MS,
      isWanted: () => link.state !== 'returning',
      changed,
    });
    this.#all.set('requests', { unit: 'requests', meter: this.requests, local: new LocalPace() });
  }

  /** Follows what was learnt. */
  adapt(nowMs: number): void {
    if (nowMs - this.#adaptedAtMs < ADAPT_MS) return;
    this.#adaptedAtMs = nowMs;
    for (const unit of UNITS) {
      const paceMs = this.#paceMs(unit, nowMs);
      const known = this.#all.get(unit);
      if (known !== undefined) {
        const { meter } = known;
        const isGiven = paceMs === this.#spaced(unit, this.#options.limits.givenPaceMs(unit));
        const isOther = Math.abs(paceMs - meter.paceMs) > SAME_PACE * meter.paceMs;
        if (isGiven || isOther) meter.paceMs = paceMs;
      } else if (paceMs > 0) this.#add(unit, paceMs);
    }
  }

  /** Takes what Redis has given, and asks it for what is missing. */
  take(need: Need, nowMs: number): boolean {
    const needed = this.#neededBy(need);
    const missing = needed.filter(({ meter, amount }) => !meter.has(amount));
    for (const { meter, amount } of missing) meter.fetch(amount);
    if (missing.length > 0) {
      this.#watch();
      return false;
    }
    for (const { meter, local, amount } of needed) {
      meter.take(amount);
      local.follow(nowMs, this.#shareMs(meter, amount));
    }
    return true;
  }

  /**
   * Takes by the share of this process, without Redis.
   *
   * @returns milliseconds until that is possible; 0: it is done
   */
  takeAlone(need: Need, nowMs: number): number {
    const isLost = this.#options.link.state === 'lost';
    const needed = this.#neededBy(need).map((each) => ({
      ...each,
      isHere: isLost && each.meter.has(each.amount),
    }));
    const lacking = needed.filter(({ isHere }) => !isHere);
    if (isLost && lacking.some(({ unit, meter }) => unit === 'requests' && meter.coming)) {
      return Number.POSITIVE_INFINITY;
    }
    const waitMs = Math.max(0, ...lacking.map(({ local }) => local.waitMs(nowMs)));
    if (waitMs > 0) return waitMs;
    for (const { meter, local, amount, isHere } of needed) {
      if (isHere) meter.take(amount);
      else if (!isLost) meter.count(amount);
      local.take(nowMs, this.#shareMs(meter, amount), meter.burstMs);
    }
    return 0;
  }

  /** Gives back what was not used of what was taken. */
  settle(taken: Need, used: Need | undefined, isCounted: boolean): void {
    for (const { unit, meter, local } of this.#all.values()) {
      if (meter.paceMs === 0) continue;
      const amount = amountOf(taken, unit) - (used === undefined ? 0 : amountOf(used, unit));
      if (amount === 0) continue;
      local.giveBack(this.#shareMs(meter, amount));
      if (isCounted) meter.giveBack(amount);
    }
  }

  /** The least time until `need` can be had after `ahead`. */
  estimateMs(need: Need, ahead: Need, nowMs: number): number {
    const isLost = this.#options.link.state === 'lost';
    const waits = this.#neededBy(need).map(({ unit, meter, local, amount }) => {
      const before = amountOf(ahead, unit);
      if (isLost) return local.waitMs(nowMs) + this.#shareMs(meter, before);
      const missing = unit === 'requests' ? before : before + amount;
      return (missing - meter.stock) * meter.paceMs - meter.burstMs;
    });
    return Math.max(0, ...waits);
  }

  get isIdle(): boolean {
    return [...this.#all.values()].every(({ meter }) => meter.isIdle);
  }

  /** Has Redis look at whatever waits there. */
  lookAll(): void {
    for (const { meter } of this.#all.values()) if (meter.lookInMs < KEEP_MS) meter.look();
    this.#watch();
  }

  close(): void {
    this.#stopLook?.();
    for (const { meter } of this.#all.values()) meter.close();
  }

  #paceMs(unit: Unit, nowMs: number): number {
    return this.#spaced(unit, this.#options.limits.paceMs(unit, nowMs));
  }

  #spaced(unit: Unit, paceMs: number): number {
    return unit === 'requests' ? paceMs * SPACING : paceMs;
  }

  #shareMs(meter: Meter, amount: number): number {
    return meter.paceMs * amount * this.#options.peers();
  }

  #add(unit: Unit, paceMs: number): void {
    const { link, clock, id, limits, changed } = this.#options;
    const meter = new TokenReservoir({
      connection: link.connection,
      clock,
      id: `${id}:${unit}`,
      paceMs,
      windowMs: limits.windowMs(unit) ?? USUAL_WINDOW_MS,
      timeoutMs: KEEP_MS,
      changed,
    });
    this.#all.set(unit, { unit, meter, local: new LocalPace() });
  }

  #neededBy(need: Need) {
    return [...this.#all.values()]
      .map((metered) => ({ ...metered, amount: amountOf(need, metered.unit) }))
      .filter(({ meter, amount }) => meter.paceMs > 0 && amount > 0);
  }

  /** Looks at what waits in Redis from time to time, in case nothing is heard of it. */
  #watch(): void {
    if (this.#stopLook !== undefined || this.#options.link.state === 'lost') return;
    const inMs = Math.min(...[...this.#all.values()].map(({ meter }) => meter.lookInMs));
    if (!Number.isFinite(inMs)) return;
    this.#stopLook = this.#options.clock.setTimer(() => {
      this.#stopLook = undefined;
      this.lookAll();
    }, inMs);
  }
}
