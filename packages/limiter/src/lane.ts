import type { Applicant, Lane, LaneAdmission, LaneEnd, LanePermit } from '@forbear/core';
import type { Door } from './door.js';
import type { KeyQueue } from './key-queue.js';
import type { TakenPermit } from './lane-permit.js';

/** The queue of a key as one policy sees it. */
export class KeyLane implements Lane {
  readonly #queue: KeyQueue;
  readonly #door: Door;
  readonly #onBegin: () => void;

  /** @param onBegin is told of each call of its key */
  constructor(queue: KeyQueue, door: Door, onBegin: () => void) {
    this.#onBegin = onBegin;
    this.#queue = queue;
    this.#door = door;
    queue.doors.add(door);
  }

  begin(): void {
    this.#onBegin();
    this.#queue.attendance.begin();
  }

  finish(): void {
    this.#queue.attendance.finish();
  }

  enter(applicant: Applicant): LaneAdmission | undefined {
    return this.#queue.enter(applicant, this.#door);
  }

  leave(permit: LanePermit, end: LaneEnd): void {
    this.#queue.leave(permit as TakenPermit, end);
  }

  close(): void {
    this.#queue.doors.delete(this.#door);
  }
}
