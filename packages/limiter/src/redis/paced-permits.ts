import type { Clock } from '@forbear/core';
import {
  AGAIN_MS,
  createSharedLimiter,
  drain,
  EXPIRATION_MS,
  keepSettings,
  type SharedConnection,
  type SharedLimiter,
} from './bottleneck.js';
import type { Meter } from './meter.js';

/** How many permits are on their way at once, so that Redis is asked ahead of time. */
const MOST_JOBS = 8;
const AHEAD_MS = 600;
/** Which part of the time between permits is kept between those of one process at the least. */
const APART = 0.9;
/** Permits closer to each other than this come several at a time, in milliseconds. */
const LEAST_GAP_MS = 10;
/** A permit that is not used within its time goes stale, in milliseconds. */
const LEAST_FRESH_MS = 250;
/** A wait that is not over after this is looked at, in milliseconds. */
const LOOK_MS = 1000;

export interface PacedPermitsOptions {
  readonly connection: SharedConnection;
  readonly clock: Clock;
  readonly id: string;
  /** Milliseconds from one to the next; 0: there is no limit. */
  readonly paceMs: number;
  /** How many processes share it. */
  readonly peers: () => number;
  /** Milliseconds until its keys expire, beyond its next permit. */
  readonly timeoutMs: number;
  /** Whether what comes is to be used, and not only counted. */
  readonly isWanted: () => boolean;
  readonly changed: () => void;
}

/** Permits to start a request, evenly spaced over all processes by the `minTime` of Bottleneck. */
export class PacedPermits implements Meter {
  readonly #options: PacedPermitsOptions;
  readonly #store: () => void;
  readonly limiter: SharedLimiter;
  readonly burstMs = 20;
  #paceMs: number;
  #stock = 0;
  #stockedAtMs = 0;
  #jobs = 0;
  #timed = 0;
  #cameAtMs = Number.NEGATIVE_INFINITY;
  /** Permits that were taken one after the other. */
  #row = 0;
  #takenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PacedPermitsOptions) {
    this.#options = options;
    this.#paceMs = options.paceMs;
    const { connection, id, timeoutMs: timeout } = options;
    this.limiter = createSharedLimiter(connection, { id, minTime: this.#gapMs, timeout });
    this.limiter.on('scheduled', () => {
      this.#timed++;
    });
    this.#store = keepSettings(this.limiter, () => ({ minTime: this.#gapMs }));
  }

  get paceMs(): number {
    return this.#paceMs;
  }

  set paceMs(paceMs: number) {
    if (paceMs === this.#paceMs) return;
    this.#paceMs = paceMs;
    this.#store();
  }

  get stock(): number {
    const nowMs = this.#options.clock.monotonic();
    const freshMs = Math.max(LEAST_FRESH_MS, Math.min(2 * this.#gapMs, LOOK_MS));
    if (nowMs - this.#stockedAtMs > freshMs) this.#stock = 0;
    return this.#stock;
  }

  /** Whether a permit comes even if Redis is lost now. */
  get coming(): boolean {
    return this.#timed > 0;
  }

  get isIdle(): boolean {
    return this.#jobs === 0 && this.stock === 0;
  }

  get lookInMs(): number {
    return this.#jobs > this.#timed ? LOOK_MS : Number.POSITIVE_INFINITY;
  }

  has(amount: number): boolean {
    return this.stock >= amount;
  }

  take(amount: number): void {
    const nowMs = this.#options.clock.monotonic();
    const isInRow = nowMs - this.#takenAtMs < LOOK_MS + this.#gapMs * this.#options.peers();
    this.#row = isInRow ? this.#row + 1 : 1;
    this.#takenAtMs = nowMs;
    this.#stock -= amount;
  }

  fetch(amount: number): void {
    const shareMs = this.#gapMs * this.#options.peers();
    const ahead = Math.min(MOST_JOBS, Math.ceil(AHEAD_MS / shareMs), this.#row + 1);
    const least = Math.ceil((amount - this.stock) / this.#batch);
    while (this.#jobs < Math.max(ahead, least)) this.#schedule();
  }

  count(_amount: number): void {
    if (this.#jobs < MOST_JOBS) this.#schedule();
  }

  giveBack(amount: number): void {
    this.#stock = this.stock + amount;
    this.#stockedAtMs = this.#options.clock.monotonic();
  }

  look(): void {
    drain(this.limiter);
  }

  close(): void {
    void this.limiter.disconnect(false);
  }

  get #batch(): number {
    return this.#paceMs > 0 ? Math.max(1, Math.round(LEAST_GAP_MS / this.#paceMs)) : 1;
  }

  get #gapMs(): number {
    return this.#paceMs * this.#batch;
  }

  #schedule(): void {
    const permits = this.#batch;
    let isOver = false;
    const end = (wasTimed: boolean) => {
      if (isOver) return;
      isOver = true;
      this.#jobs--;
      const { clock, isWanted, changed } = this.#options;
      if (!wasTimed) {
        clock.setTimer(changed, AGAIN_MS);
        return;
      }
      this.#timed--;
      if (isWanted()) this.giveBack(permits);
      changed();
    };
    // A busy process hears late of several at once, which were meant to be apart.
    const come = async () => {
      const { clock } = this.#options;
      const nowMs = clock.monotonic();
      this.#cameAtMs = Math.max(nowMs, this.#cameAtMs + APART * this.#gapMs);
      if (this.#cameAtMs <= nowMs) end(true);
      else clock.setTimer(() => end(true), this.#cameAtMs - nowMs);
    };
    this.#jobs++;
    this.limiter.schedule({ expiration: EXPIRATION_MS }, come).catch(() => end(false));
  }
}
