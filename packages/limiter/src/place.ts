import type { QueuePlace } from '@forbear/core';
import type { Doors } from './doors.js';
import type { Entry } from './entry.js';
import type { KeyLimits } from './key-limits.js';
import type { Need } from './need.js';
import type { Order } from './order.js';

/** What a call says that wants to know its place. */
export type Asking = Need & Pick<Entry, 'level' | 'tenant'>;

/** What there is of a key that a call may have to wait for. */
interface Queued {
  readonly order: Order;
  readonly limits: KeyLimits;
  readonly doors: Doors;
}

/** Where a call would stand that came now, and how long it would wait, as far as that can be told. */
export function placeOf(call: Asking, nowMs: number, { order, limits, doors }: Queued): QueuePlace {
  const ahead = order.aheadOf(call.level, call.tenant);
  const permitInMs = limits.source.estimateMs(call, ahead);
  const estimateMs = Math.max(0, permitInMs, doors.opensAtMs(nowMs) - nowMs);
  const position = ahead.requests + 1;
  // How long those take that are under way, nobody can tell.
  const isKnown = estimateMs > 0 || limits.concurrency.hasRoom(0);
  return isKnown && Number.isFinite(estimateMs) ? { position, estimateMs } : { position };
}
