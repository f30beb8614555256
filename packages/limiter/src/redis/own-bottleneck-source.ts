import type { Clock } from '@forbear/core';
import type { Need } from '../need.js';
import type { Grant, LimitSnapshot, NoGrant, PermitSource, TooLarge } from '../permit-source.js';

/** How long an attempt may take before its place is given to others, in case its process has died. */
const EXPIRATION_MS = 600_000;
/** A permit that nobody takes goes back after so long, in milliseconds. */
const FRESH_MS = 1000;
/** How long after a failure a permit is asked for again, in milliseconds. */
const AGAIN_MS = 250;
const MOST_JOBS = 8;

/** What is used of a limiter of Bottleneck. */
export interface OwnBottleneck {
  schedule(options: { readonly expiration: number }, job: () => Promise<void>): Promise<unknown>;
}

interface Held {
  /** Ends the job of Bottleneck. */
  readonly release: () => void;
}

interface HeldGrant extends Grant {
  readonly held: Held;
}

/**
 * Permits of somebody's own Bottleneck. Each is a job of it that lasts as long as the attempt, so that
 * whatever it limits holds: `minTime`, `maxConcurrent`, a reservoir.
 */
export class OwnBottleneckSource implements PermitSource {
  readonly #limiter: OwnBottleneck;
  readonly #clock: Clock;
  readonly #stock: Held[] = [];
  #changed: () => void = () => {};
  #jobs = 0;
  #held = 0;
  /** Permits that were taken one after the other. */
  #row = 0;

  constructor(limiter: OwnBottleneck, clock: Clock) {
    this.#limiter = limiter;
    this.#clock = clock;
  }

  tryTake(need: Need): Grant | NoGrant {
    const held = this.#stock.shift();
    if (held === undefined) {
      const wanted = Math.min(MOST_JOBS, this.#row + 1);
      while (this.#jobs < wanted) this.#order();
      return { granted: false, retryInMs: Number.POSITIVE_INFINITY };
    }
    this.#row++;
    this.#held++;
    const grant: HeldGrant = { granted: true, need, held };
    return grant;
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  /** What its server says does not change somebody's own limiter. */
  learn(): void {}

  settle(grant: Grant): void {
    this.#held--;
    (grant as HeldGrant).held.release();
  }

  /** Bottleneck does not tell. */
  estimateMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  tooLarge(): TooLarge | undefined {
    return undefined;
  }

  snapshot(): readonly LimitSnapshot[] {
    return [];
  }

  get isFresh(): boolean {
    return this.#jobs === 0 && this.#stock.length === 0 && this.#held === 0;
  }

  async close(): Promise<void> {
    for (const held of this.#stock.splice(0)) held.release();
  }

  #order(): void {
    this.#jobs++;
    const job = () =>
      new Promise<void>((release) => {
        this.#jobs--;
        this.#keep({ release });
      });
    this.#limiter.schedule({ expiration: EXPIRATION_MS }, job).catch((error: Error) => {
      // One that timed out was no longer on its way.
      if (/timed out/.test(error.message)) return;
      this.#jobs--;
      // Whoever stops a limiter ends its limits, and not the calls.
      if (/has been stopped/.test(error.message)) this.#keep({ release: () => {} });
      else this.#clock.setTimer(() => this.#changed(), AGAIN_MS);
    });
  }

  #keep(held: Held): void {
    this.#stock.push(held);
    this.#clock.setTimer(() => {
      const index = this.#stock.indexOf(held);
      if (index < 0) return;
      this.#stock.splice(index, 1);
      this.#row = 0;
      held.release();
    }, FRESH_MS);
    this.#changed();
  }
}
