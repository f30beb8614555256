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
import { increaseOf, type Refill, refillOf, savedMs } from './refill.js';

/** After so many looks it is not left to Redis to say who goes. */
const PATIENT_LOOKS = 8;

export interface TokenReservoirOptions {
  readonly connection: SharedConnection;
  readonly clock: Clock;
  readonly id: string;
  /** Milliseconds for each token at the limit. */
  readonly paceMs: number;
  /** The window of the limit, in milliseconds. */
  readonly windowMs: number;
  /** Milliseconds until its keys expire. */
  readonly timeoutMs: number;
  readonly changed: () => void;
}

/**
 * Tokens of a small reservoir that all processes share, refilled many times within each window by
 * Bottleneck's `reservoirIncrease`.
 */
export class TokenReservoir implements Meter {
  readonly limiter: SharedLimiter;
  readonly #options: TokenReservoirOptions;
  readonly #store: () => void;
  #paceMs: number;
  #refill: Refill;
  #stock = 0;
  #ordered = 0;
  #jobs = 0;
  /** Orders that wait in Redis. */
  #waiting = 0;
  #looks = 0;
  #isWanted = false;

  constructor(options: TokenReservoirOptions) {
    this.#options = options;
    this.#paceMs = options.paceMs;
    this.#refill = refillOf(options.paceMs, options.windowMs);
    const { connection, id, timeoutMs: timeout } = options;
    this.limiter = createSharedLimiter(connection, {
      id,
      reservoir: this.#refill.amount,
      ...increaseOf(this.#refill),
      timeout,
    });
    this.#store = keepSettings(this.limiter, () => increaseOf(this.#refill));
  }

  get paceMs(): number {
    return this.#paceMs;
  }

  set paceMs(paceMs: number) {
    if (paceMs === this.#paceMs) return;
    this.#paceMs = paceMs;
    this.#refill = refillOf(paceMs, this.#options.windowMs);
    this.#store();
  }

  get burstMs(): number {
    return savedMs(this.#refill);
  }

  get stock(): number {
    return this.#stock;
  }

  get coming(): boolean {
    return this.#jobs > this.#waiting;
  }

  get isIdle(): boolean {
    return this.#jobs === 0;
  }

  get lookInMs(): number {
    return this.#waiting > 0 ? this.#refill.everyMs : Number.POSITIVE_INFINITY;
  }

  has(amount: number): boolean {
    return this.#stock >= amount;
  }

  take(amount: number): void {
    this.#isWanted = false;
    this.#stock -= amount;
  }

  fetch(amount: number): void {
    this.#isWanted = true;
    const missing = amount - this.#stock - this.#ordered;
    if (missing > 0) this.#order(missing);
  }

  count(amount: number): void {
    this.#increment(-amount);
  }

  giveBack(amount: number): void {
    // What was saved up for a call that went away goes back too.
    const spare = this.#isWanted ? 0 : this.#stock;
    this.#stock -= spare;
    this.#increment(amount + spare);
  }

  look(): void {
    this.#looks++;
    if (this.#looks % PATIENT_LOOKS === 0) drain(this.limiter);
    // It tells the process that has waited longest.
    else this.limiter.currentReservoir().catch(() => {});
  }

  close(): void {
    void this.limiter.disconnect(false);
  }

  #increment(amount: number): void {
    const whole = Math.round(amount);
    if (whole !== 0) this.limiter.incrementReservoir(whole).catch(() => {});
  }

  /** Orders tokens: one step of them first, and the rest is owed, and waited for, while nobody else gets any. */
  #order(amount: number): void {
    const first = Math.min(amount, this.#refill.amount);
    let hasFirst = false;
    let isOver = false;
    const end = (came: number) => {
      if (isOver) return;
      isOver = true;
      this.#jobs--;
      this.#ordered -= amount;
      this.#stock += came;
      this.#options.changed();
    };
    const owe = async () => {
      hasFirst = true;
      this.#waiting--;
      const left = amount > first ? await this.limiter.incrementReservoir(first - amount) : 0;
      if (left >= 0) end(amount);
      else
        this.#options.clock.setTimer(
          () => end(amount),
          -left * (this.#refill.everyMs / this.#refill.amount),
        );
    };
    this.#jobs++;
    this.#waiting++;
    this.#ordered += amount;
    this.limiter.schedule({ weight: first, expiration: EXPIRATION_MS }, owe).catch(() => {
      if (!hasFirst) this.#waiting--;
      this.#options.clock.setTimer(() => end(0), AGAIN_MS);
    });
  }
}
