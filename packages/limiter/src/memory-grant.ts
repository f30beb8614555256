import type { Need } from './need.js';
import type { Charge } from './pace/pacer.js';
import type { Grant } from './permit-source.js';

/** A permit that was counted in this process. */
export class MemoryGrant implements Grant {
  readonly granted = true;
  readonly need: Need;
  readonly sentAtMs: number;
  readonly charges: readonly Charge[];
  /** For those under way alone, as are the next two. */
  isUnderway = false;
  before: MemoryGrant | undefined = undefined;
  after: MemoryGrant | undefined = undefined;

  constructor(need: Need, sentAtMs: number, charges: readonly Charge[]) {
    this.need = need;
    this.sentAtMs = sentAtMs;
    this.charges = charges;
  }
}
