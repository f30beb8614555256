import type { Clock } from '../clock.js';

/**
 * One timer that can be moved. It may ring before the time it was last set to, since moving it to
 * later costs nothing that way: whoever hears it looks at the clock.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: { readonly atMs: number; readonly stop: () => void } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `atMs` of the monotonic clock at the latest; `undefined`: not at all. */
  set(atMs: number | undefined): void {
    if (atMs !== undefined && this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.stop();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const leftMs = Math.max(0, atMs - this.#clock.monotonic());
    let rang = false;
    const stop = this.#clock.setTimer(() => {
      rang = true;
      this.#timer = undefined;
      this.#ring();
    }, leftMs);
    // A clock may ring at once, where nothing is left.
    if (!rang) this.#timer = { atMs, stop };
  }
}
