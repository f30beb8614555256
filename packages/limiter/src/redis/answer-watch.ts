import type { Clock } from '@forbear/core';

/** After so many milliseconds an answer that is late is looked for again. */
const AGAIN_MS = 5;

/**
 * Notices when something that was asked is not answered in time. A timer runs only while an answer is
 * awaited.
 */
export class AnswerWatch {
  readonly #clock: Clock;
  readonly #slowAfterMs: number;
  readonly #onSlow: () => void;
  readonly #awaited = new Set<{ readonly sinceMs: number }>();
  #stopTimer: (() => void) | undefined;
  #suspect: object | undefined;

  constructor(clock: Clock, slowAfterMs: number, onSlow: () => void) {
    this.#clock = clock;
    this.#slowAfterMs = slowAfterMs;
    this.#onSlow = onSlow;
  }

  /** Awaits an answer. Returns what is to be called when it is there. */
  start(): () => void {
    const awaited = { sinceMs: this.#clock.monotonic() };
    this.#awaited.add(awaited);
    this.#stopTimer ??= this.#clock.setTimer(() => this.#check(), this.#slowAfterMs);
    return () => {
      this.#awaited.delete(awaited);
      if (this.#awaited.size === 0) this.stop();
    };
  }

  /** Looks no more, until the next is awaited. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#suspect = undefined;
  }

  /** It looks twice, since a busy process reads late what came in time. */
  #check(): void {
    this.#stopTimer = undefined;
    const [oldest] = this.#awaited;
    if (oldest === undefined) return;
    const leftMs = this.#slowAfterMs - (this.#clock.monotonic() - oldest.sinceMs);
    if (leftMs <= 0 && this.#suspect === oldest) {
      this.#suspect = undefined;
      this.#onSlow();
      return;
    }
    this.#suspect = leftMs <= 0 ? oldest : undefined;
    this.#stopTimer = this.#clock.setTimer(() => this.#check(), Math.max(leftMs, AGAIN_MS));
  }
}
