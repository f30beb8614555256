import type { Closure, Refusal } from '@forbear/core';
import type { Door } from './door.js';
import type { Entry } from './entry.js';
import type { KeyNews } from './key-news.js';
import type { Order } from './order.js';

/** The gates of all policies that call a key. What one of them was told is true for all. */
export class Doors {
  readonly #doors = new Set<Door>();

  get size(): number {
    return this.#doors.size;
  }

  add(door: Door): void {
    this.#doors.add(door);
  }

  delete(door: Door): void {
    this.#doors.delete(door);
  }

  /**
   * When all let the key be called, or all but one, by the monotonic clock. Those that refuse keep only
   * their own calls out: nobody waits for so long, and their probes would wait behind whoever did.
   */
  opensAtMs(nowMs: number, but?: Door): number {
    let opensAtMs = 0;
    for (const door of this.#doors) {
      const { barrier } = door;
      if (door === but || barrier.opensAtMs <= nowMs) continue;
      if (barrier.stateAt(nowMs) !== 'refusing') opensAtMs = Math.max(opensAtMs, barrier.opensAtMs);
    }
    return opensAtMs;
  }

  /** The key was told to wait, and not by an answer to a call of this process. */
  close(closure: Closure, refusal: Refusal): void {
    for (const { barrier } of this.#doors) barrier.close(closure, refusal, 0);
  }

  tell(news: KeyNews): void {
    for (const door of this.#doors) door.tell(news);
  }

  /** Lets those go whom a gate refuses, or would keep for longer than they may wait. */
  obey(order: Order, nowMs: number): void {
    for (const door of this.#doors) if (!door.barrier.isOpen) obey(door, order, nowMs);
  }
}

function obey(door: Door, order: Order, nowMs: number): void {
  const { barrier } = door;
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
