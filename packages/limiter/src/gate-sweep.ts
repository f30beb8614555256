import type { Door } from './door.js';
import type { Entry } from './entry.js';
import type { Order } from './order.js';

/** Lets those go whom a gate refuses, or would keep for longer than they may wait. */
export function obeyGates(doors: Iterable<Door>, order: Order, nowMs: number): void {
  for (const door of doors) {
    const { barrier } = door;
    if (barrier.isOpen || order.length === 0) continue;
    const isHere = (entry: Entry) => entry.door === door;
    const state = barrier.stateAt(nowMs);
    if (state === 'refusing') {
      order.sweep((entry) => (isHere(entry) ? barrier.refuse('refused') : undefined));
    } else if (state === 'closed') {
      const { toldUntilMs } = barrier;
      order.drop(toldUntilMs, nowMs, (entry) => {
        const isTooLong = isHere(entry) && entry.holdEndsAtMs(nowMs) <= toldUntilMs;
        return isTooLong ? barrier.refuse('too-late') : undefined;
      });
      barrier.cutJitter(order.firstLimitAtMs);
    }
  }
}
