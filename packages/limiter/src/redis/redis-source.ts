import type { Refusal } from '@forbear/core';
import type { Need } from '../need.js';
import type {
  Grant,
  LearntLimit,
  LimitSnapshot,
  NoGrant,
  PermitSource,
  PermitSourceContext,
  TooLarge,
} from '../permit-source.js';
import { FleetState } from './fleet-state.js';
import { keyIdOf } from './key-id.js';
import { Limits } from './limits.js';
import type { Link } from './link.js';
import type { LinkUser } from './link-user.js';
import { Meters } from './meters.js';

/** How often what the others have stored is read while permits are taken, in milliseconds. */
const SYNC_MS = 1000;
/** How often an answer's limits are passed on, unless they are news, in milliseconds. */
const TELL_MS = 250;
/** For how long a key waits for what others have stored, in milliseconds. */
const FIRST_SYNC_MS = 1000;
const AGAIN_MS = 100;
/** How long nobody used it before it may be forgotten, in milliseconds. */
const IDLE_MS = 60_000;

export interface RedisSourceOptions {
  readonly link: Link;
  readonly prefix: string;
  /** How many processes there are until Redis has told it. */
  readonly assumedPeers: number;
  readonly context: PermitSourceContext;
}

/** A permit, and whether Redis has counted it. */
interface RedisGrant extends Grant {
  readonly isCounted: boolean;
}

/**
 * The permits of one key, shared with other processes through Redis. While Redis is lost it gives
 * permits by itself, at the limit divided by the processes that were there last.
 */
export class RedisSource implements PermitSource, LinkUser {
  readonly #options: RedisSourceOptions;
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #state: FleetState;
  #changed: () => void = () => {};
  #usedAtMs = Number.NEGATIVE_INFINITY;
  #syncedAtMs = Number.NEGATIVE_INFINITY;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  readonly #madeAtMs: number;
  #isSyncing = false;
  #hasSynced = false;

  constructor(options: RedisSourceOptions) {
    this.#options = options;
    const { link, prefix, context, assumedPeers } = options;
    const id = keyIdOf(prefix, context.key);
    this.#madeAtMs = context.clock.monotonic();
    this.#limits = new Limits(context.limits, context.resetShape);
    this.#meters = new Meters({
      link,
      id,
      clock: context.clock,
      limits: this.#limits,
      peers: () => this.#state.peers,
      changed: () => this.#changed(),
    });
    this.#state = new FleetState({
      link,
      limiter: this.#meters.requests.limiter,
      id,
      assumedPeers,
      onHold: context.hold,
      onLearnt: (limits, ageMs) => this.#takeIn(limits, ageMs),
    });
    link.join(this);
  }

  tryTake(need: Need, nowMs: number): Grant | NoGrant {
    const { link } = this.#options;
    this.#usedAtMs = nowMs;
    link.tend();
    const emptyForMs = this.#limits.emptyForMs(nowMs);
    if (emptyForMs > 0) return { granted: false, retryInMs: emptyForMs };
    this.#meters.adapt(nowMs);
    const state = link.state;
    if (state === 'shared' || state === 'returning') this.#syncIfDue(nowMs);
    // Nothing is sent before it is known whether the others were told to wait, for a while.
    const isNew = !this.#hasSynced && nowMs - this.#madeAtMs < FIRST_SYNC_MS;
    let waitMs = isNew ? AGAIN_MS : link.changesInMs;
    let isCounted = true;
    if (state === 'lost' || state === 'returning' || !(isNew || this.#hasSynced)) {
      waitMs = this.#meters.takeAlone(need, nowMs);
      isCounted = state !== 'lost';
    } else if (!isNew && this.#meters.take(need, nowMs)) waitMs = 0;
    if (waitMs > 0) return { granted: false, retryInMs: waitMs };
    const grant: RedisGrant = { granted: true, need, isCounted };
    return grant;
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  learn(_grant: Grant, limits: readonly LearntLimit[]): void {
    const nowMs = this.#options.context.clock.monotonic();
    const isNews = this.#limits.learn(limits, nowMs);
    const isEmpty = this.#limits.emptyForMs(nowMs) > 0;
    if (!isNews && !isEmpty && nowMs - this.#toldAtMs < TELL_MS) return;
    this.#toldAtMs = nowMs;
    if (this.#isUp) this.#state.learn(limits);
  }

  settle(grant: Grant, used: Need | undefined): void {
    const nowMs = this.#options.context.clock.monotonic();
    this.#usedAtMs = nowMs;
    const { isCounted } = grant as RedisGrant;
    this.#meters.settle(grant.need, used, isCounted && this.#isUp);
  }

  hold(ms: number, refusal: Refusal): void {
    if (ms > 0 && this.#isUp) this.#state.hold(ms, refusal);
  }

  estimateMs(need: Need, ahead: Need): number {
    const nowMs = this.#options.context.clock.monotonic();
    return this.#limits.emptyForMs(nowMs) + this.#meters.estimateMs(need, ahead, nowMs);
  }

  tooLarge(need: Need): TooLarge | undefined {
    return this.#limits.tooLarge(need);
  }

  snapshot(): readonly LimitSnapshot[] {
    return this.#limits.snapshot(this.#options.context.clock.monotonic());
  }

  get isFresh(): boolean {
    const nowMs = this.#options.context.clock.monotonic();
    return nowMs - this.#usedAtMs > IDLE_MS && this.#meters.isIdle;
  }

  async close(): Promise<void> {
    this.#options.link.leave(this);
    this.#meters.close();
  }

  onLink(): void {
    const state = this.#options.link.state;
    if (state === 'shared') this.#syncIfDue(this.#options.context.clock.monotonic());
    this.#meters.lookAll();
    this.#changed();
  }

  async probe(): Promise<void> {
    await this.#state.sync();
    this.#hasSynced = true;
  }

  get #isUp(): boolean {
    const { state } = this.#options.link;
    return state === 'shared' || state === 'returning';
  }

  #syncIfDue(nowMs: number): void {
    if (this.#isSyncing || nowMs - this.#syncedAtMs < SYNC_MS) return;
    this.#syncedAtMs = nowMs;
    this.#isSyncing = true;
    const end = () => {
      this.#isSyncing = false;
      this.#changed();
    };
    this.probe().then(end, end);
  }

  #takeIn(limits: readonly LearntLimit[], ageMs: number): void {
    const said = limits.map((limit) =>
      limit.resetMs === undefined
        ? limit
        : { ...limit, resetMs: Math.max(0, limit.resetMs - ageMs) },
    );
    this.#limits.learn(said, this.#options.context.clock.monotonic());
    this.#changed();
  }
}
