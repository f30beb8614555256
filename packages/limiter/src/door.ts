import type { Barrier, Events, LaneContext, Permit, PolicyEvent } from '@forbear/core';
import type { Entry } from './entry.js';
import type { KeyNews } from './key-limits.js';

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

  /**
   * What its gate says to a call; `undefined`: it has to wait.
   *
   * @param isFirst whether nobody waits before it
   */
  ask(entry: Entry, nowMs: number, isFirst: boolean) {
    const { number, signal } = entry;
    return this.barrier.pass(
      { number, signal, limitAtMs: entry.holdEndsAtMs(nowMs) },
      nowMs,
      isFirst,
    );
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
