import type { Barrier, Events, LaneContext, Permit, PolicyEvent } from '@forbear/core';
import type { KeyNews } from './key-news.js';

/** The gate of one policy, as the queue in front of it sees it. */
export class Door {
  readonly barrier: Barrier;
  readonly label: string;
  readonly #events: Events;
  readonly #now: () => number;

  constructor({ label, events, clock }: LaneContext, barrier: Barrier) {
    this.barrier = barrier;
    this.label = label;
    this.#events = events;
    this.#now = () => clock.now();
  }

  /** Leave of the gate was not used. */
  giveBack(permit: Permit | undefined): void {
    if (permit !== undefined) this.barrier.settle(permit, 'unanswered');
  }

  /** Sends an event about its key. */
  tell(news: KeyNews): void {
    if (!this.#events.hears(news.type)) return;
    const record: PolicyEvent = { ...news, key: this.label, atMs: this.#now() };
    this.#events.emit(record);
  }
}
