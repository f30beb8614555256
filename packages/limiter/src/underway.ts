import type { MemoryGrant } from './memory-grant.js';

/** Permits whose attempts have no answer yet, the oldest first. They are linked to each other themselves. */
export class Underway {
  #oldest: MemoryGrant | undefined;
  #newest: MemoryGrant | undefined;

  get isEmpty(): boolean {
    return this.#oldest === undefined;
  }

  add(grant: MemoryGrant): void {
    const before = this.#newest;
    grant.isUnderway = true;
    grant.before = before;
    if (before === undefined) this.#oldest = grant;
    else before.after = grant;
    this.#newest = grant;
  }

  /** Says whether it was there. */
  delete(grant: MemoryGrant): boolean {
    if (!grant.isUnderway) return false;
    const { before, after } = grant;
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
    grant.isUnderway = false;
    grant.before = undefined;
    grant.after = undefined;
    return true;
  }

  *[Symbol.iterator](): Generator<MemoryGrant> {
    let next = this.#oldest;
    while (next !== undefined) {
      yield next;
      next = next.after;
    }
  }
}
