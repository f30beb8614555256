import type { Clock } from '@forbear/core';
import {
  changeSettings,
  createSharedLimiter,
  drain,
  type SharedConnection,
  type SharedLimiter,
} from './bottleneck.js';
import type { Meter } from './meter.js';

/** Within how many milliseconds a permit has to start, in case its process dies. */
const EXPIRATION_MS = 10_000;
/** How many permits are on their way at once, so that Redis is asked ahead of time. */
const MOST_JOBS = 8;
const AHEAD_MS = 600;
/** Permits closer to each other than this come several at a time, in milliseconds. */
const LEAST_GAP_MS = 10;
/** A permit that is not used within its time goes stale, in milliseconds. */
const LEAST_FRESH_MS = 250;
/** A wait that is not over after this is looked at, in milliseconds. */
const LOOK_MS = 1000;
/** How long after a failure Redis is asked again, in milliseconds. */
const AGAIN_MS = 100;

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
  readonly limiter: SharedLimiter;
  readonly burstMs = 20;
  #paceMs: number;
  #stock = 0;
  #stockedAtMs = 0;
  #isReady = false;
  #jobs = 0;
  #timed = 0;
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
    // What was stored by processes with another limit gives way.
    this.limiter.ready().then(
      () => {
        this.#isReady = true;
        this.#store();
      },
      () => {},
    );
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

  #store(): void {
    if (this.#isReady) changeSettings(this.limiter, { minTime: this.#gapMs });
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
    this.#jobs++;
    this.limiter
      .schedule({ expiration: EXPIRATION_MS }, async () => end(true))
      .catch(() => end(false));
  }
}
