import type { Unit } from './need.js';

/**
 * How a limit is counted. `fixed`: windows that start anew; until the server tells when its window
 * ends, no `perMs` milliseconds see more than `amount`, wherever its windows lie. `sliding`: at most
 * `amount` in any `perMs` milliseconds. `bucket`: a burst of `amount`, which refills evenly. `even`: no
 * burst at all.
 */
export type LimitShape = 'fixed' | 'sliding' | 'bucket' | 'even';

/** A limit that was given. */
export interface Limit {
  readonly unit: Unit;
  /** Units in `perMs` milliseconds, 1 or more. */
  readonly amount: number;
  /** Milliseconds, more than 0. */
  readonly perMs: number;
  readonly shape: LimitShape;
}
