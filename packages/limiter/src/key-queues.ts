import type { KeyQueue } from './key-queue.js';

/** Up to so many none is looked at. */
const FEW = 1_000;
/** Beyond so many the oldest go, also where that forgets what was taken of their limits. */
const MOST = 10_000;

/** The queues of a limiter by key. Idle keys are forgotten, and none that somebody waits for. */
export class KeyQueues {
  #last: string | undefined;
  /** The one that was asked for least recently first. */
  readonly #queues = new Map<string, KeyQueue>();
  /** How many there are before they are looked through again. */
  #lookAt = FEW;

  get all(): readonly KeyQueue[] {
    return [...this.#queues.values()];
  }

  /** The queue of a key. */
  of(key: string, make: () => KeyQueue): KeyQueue {
    const known = this.#queues.get(key);
    if (known !== undefined) {
      this.touch(key);
      return known;
    }
    this.#forget();
    const queue = make();
    this.#queues.set(key, queue);
    this.#last = key;
    return queue;
  }

  /** A call of this key begins. */
  touch(key: string): void {
    const queue = key === this.#last ? undefined : this.#queues.get(key);
    if (queue === undefined) return;
    this.#last = key;
    this.#queues.delete(key);
    this.#queues.set(key, queue);
  }

  /** Forgets those that lose nothing by it, and the oldest where there are too many. */
  #forget(): void {
    if (this.#queues.size >= this.#lookAt) {
      this.#drop((queue) => queue.limits.source.isFresh);
      // The cost of looking is shared by as many as come until then.
      this.#lookAt = Math.max(FEW, 2 * this.#queues.size);
    }
    if (this.#queues.size >= MOST) this.#drop(() => true, 1);
  }

  #drop(mayGo: (queue: KeyQueue) => boolean, most = Number.POSITIVE_INFINITY): void {
    let dropped = 0;
    for (const [key, queue] of this.#queues) {
      if (dropped === most) return;
      if (!isIdle(queue) || !mayGo(queue)) continue;
      this.#queues.delete(key);
      void queue.limits.source.close?.();
      dropped++;
    }
  }
}

function isIdle({ isQuiet, limits, doors }: KeyQueue): boolean {
  return isQuiet && limits.inFlight === 0 && doors.size === 0;
}
