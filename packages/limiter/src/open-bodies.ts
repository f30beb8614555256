import { ask, type OpenBody } from '@forbear/core';

/** A body that nobody has begun to read after so long is not going to be read. */
const UNREAD_MS = 1_000;
/** One that has not ended after so long has been forgotten. */
const MOST_MS = 600_000;

interface Counted {
  readonly body: OpenBody;
  readonly sinceMs: number;
  /** When it is looked at next, by the monotonic clock. */
  dueAtMs: number;
  readonly end: () => void;
}

/**
 * Bodies that are counted among what is under way until they are over: to a server that bounds how many
 * it answers at once a stream is no less work after its headers. One that nobody reads is counted no
 * longer, since its end might never be seen.
 */
export class OpenBodies {
  readonly #bodies = new Set<Counted>();
  /** When the first of them is to be looked at, or earlier. */
  #dueAtMs = Number.POSITIVE_INFINITY;

  /** When to ask again, by the monotonic clock; `Infinity`: only the end of one changes anything. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** @param onEnd is told once, when it counts no more */
  add(body: OpenBody, nowMs: number, onEnd: () => void): void {
    const counted: Counted = {
      body,
      sinceMs: nowMs,
      dueAtMs: nowMs + UNREAD_MS,
      end: () => {
        if (this.#bodies.delete(counted)) onEnd();
      },
    };
    this.#bodies.add(counted);
    this.#dueAtMs = Math.min(this.#dueAtMs, counted.dueAtMs);
    try {
      body.onOver(counted.end);
    } catch {
      counted.end();
    }
  }

  /** Ends those that count no more. */
  look(nowMs: number): void {
    if (nowMs < this.#dueAtMs) return;
    for (const each of this.#bodies) {
      if (each.dueAtMs > nowMs) continue;
      const lastAtMs = each.sinceMs + MOST_MS;
      if (ask(() => each.body.isRead) && nowMs < lastAtMs) each.dueAtMs = lastAtMs;
      else each.end();
    }
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    for (const { dueAtMs } of this.#bodies) this.#dueAtMs = Math.min(this.#dueAtMs, dueAtMs);
  }
}
