import type { GivenRefusal } from './gate/refusal.js';
import type { StopReason } from './stop-reason.js';

/** How a call ended in a wait or in a gate. */
export interface CallEnd {
  readonly reason: StopReason;
  /** What had closed the gate. */
  readonly refusal?: GivenRefusal;
  /** Whether the outcome was rebuilt from it. */
  readonly rebuilt?: true;
}
