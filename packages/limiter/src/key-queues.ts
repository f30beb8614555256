import type { KeyQueue } from './key-queue.js';

const MOST_IDLE = 1_000;

/** The queues of a limiter by key. Idle keys are forgotten, and none that somebody waits for. */
export class KeyQueues {
  #last: string | undefined;
  /** The one that was asked for least recently first. */
  readonly #queues = new Map<string, KeyQueue>();

  get all(): readonly KeyQueue[] {
    return [...this.#queues.values()];
  }

  /** The queue of a key. */
  of(key: string, make: () => KeyQueue): KeyQueue {
    const queue = this.#queues.get(key) ?? make();
    this.#queues.set(key, queue);
    this.touch(key);
    this.#forget();
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

  /** Forgets what nobody uses: first where that loses nothing, and the oldest where there are too many. */
  #forget(): void {
    if (this.#queues.size <= MOST_IDLE) return;
    const isIdle = ({ isQuiet, limits, doors }: KeyQueue) =>
      isQuiet && limits.inFlight === 0 && doors.size === 0;
    const idle = [...this.#queues].filter(([, queue]) => isIdle(queue));
    const lossless = idle.filter(([, { limits }]) => limits.source.isFresh);
    for (const [key, queue] of lossless.length > 0 ? lossless : idle.slice(0, 1)) {
      this.#queues.delete(key);
      void queue.limits.source.close?.();
    }
  }
}
