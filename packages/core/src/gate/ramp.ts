/** What is widened when nothing was refused for this long: refusals are quick, good answers may be slow. */
const STEP_MS = 1000;

/** As many at once are no limit any more. */
const WIDE_OPEN = 2 ** 20;

/**
 * How many requests may be under way at once after a gate has reopened: one, then twice as many each
 * time that all were answered, as in TCP's slow start; beyond half of what was refused the last time,
 * one more (RFC 5681, section 3.1). It is computed from timestamps; no timer runs.
 */
export class Ramp {
  #width = 1;
  #inFlight = 0;
  #answered = false;
  #grewAtMs: number;
  readonly #threshold: number;

  /**
   * @param openedAtMs when the gate reopened
   * @param threshold the width from which on it grows by ones, 1 or more
   */
  constructor(openedAtMs: number, threshold: number) {
    this.#grewAtMs = openedAtMs;
    this.#threshold = threshold;
  }

  /** Lets one more request go, if there is room for it. */
  take(nowMs: number): boolean {
    this.#catchUp(nowMs);
    if (this.#inFlight >= Math.floor(this.#width)) return false;
    this.#inFlight++;
    return true;
  }

  /**
   * A request that was let go is over.
   *
   * @param answered whether the server took it, whatever it answered
   */
  release(answered: boolean, nowMs: number): void {
    this.#catchUp(nowMs);
    this.#inFlight--;
    if (!answered) return;
    this.#answered = true;
    this.#width += this.#width < this.#threshold ? 1 : 1 / this.#width;
    this.#grewAtMs = nowMs;
  }

  /** Whether any request was answered since the gate reopened. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether so much time has passed that nothing is held back any more. */
  isOver(nowMs: number): boolean {
    this.#catchUp(nowMs);
    return this.#width >= WIDE_OPEN;
  }

  /** When it widens next if nothing is answered until then. */
  get nextStepAtMs(): number {
    return this.#width < WIDE_OPEN ? this.#grewAtMs + STEP_MS : Number.POSITIVE_INFINITY;
  }

  /** The threshold of the next ramp, if a request is refused now. */
  get thresholdAfterRefusal(): number {
    return Math.max(1, Math.floor(this.#width / 2));
  }

  #catchUp(nowMs: number): void {
    while (nowMs >= this.nextStepAtMs) {
      this.#width *= 2;
      this.#grewAtMs += STEP_MS;
    }
  }
}
