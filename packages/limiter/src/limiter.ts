import type { Limiter as CoreLimiter, Priority, QueuePlace, TokenCount } from '@forbear/core';
import type { LimitSnapshot } from './permit-source.js';

/** How the calls of one key stand. */
export interface LimiterSnapshot {
  /** What may be shown of the key: no credential. */
  readonly key: string;
  /** Calls that wait. */
  readonly waiting: number;
  /** Attempts under way, and bodies that count among them. */
  readonly inFlight: number;
  /** How many may be; `Infinity`: any number. */
  readonly maxConcurrent: number;
  /** Every limit that was given or learnt. */
  readonly limits: readonly LimitSnapshot[];
}

/** What is asked about a call that is not made yet. */
export interface EstimateOptions {
  /** The key as in events and snapshots. @default the one that was called last */
  readonly key?: string | undefined;
  readonly priority?: Priority | undefined;
  readonly tenant?: string | undefined;
  readonly tokens?: TokenCount | undefined;
}

/** Paces the attempts of the policies that it is given to. */
export interface Limiter extends CoreLimiter {
  /**
   * Where a call would stand in the queue that came now, and for how long it would wait there.
   *
   * @throws {InvalidOptionsError} with every problem of the options
   */
  estimate(call?: EstimateOptions): QueuePlace;
  /** Every key that is remembered, the least recently used one first. */
  snapshot(): readonly LimiterSnapshot[];
  /**
   * Takes no more calls, and waits until all that wait have been let go and all calls are over, though
   * not until their bodies are. Calls
   * that come later get a `QueueFullError`; so do those that still wait after `deadlineMs`, by default
   * never.
   *
   * @returns how many calls were turned away in the end
   */
  drain(options?: { readonly deadlineMs?: number | undefined }): Promise<number>;
}
