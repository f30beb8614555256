/** As many at once are no limit any more. */
const WIDE_OPEN = 2 ** 20;

const LEAST_STEP_MS = 250;
const MOST_STEP_MS = 2000;
const STEP_RATIO = 1.25;

/** The step of time of a ramp: a quarter longer than the last refusal took, from 250 ms to 2 s. */
export function stepAfterRefusal(tookMs: number): number {
  return Math.min(Math.max(LEAST_STEP_MS, STEP_RATIO * tookMs), MOST_STEP_MS);
}

/** What one answer adds to the width beyond the threshold, shared by all that are under way. */
const SLOW_GROWTH = 0.5;

/**
 * How many requests may be under way at once after a gate has reopened. It starts with one and doubles
 * each time that all were answered, as in TCP's slow start; beyond half of what was refused the last
 * time it grows slowly (RFC 5681, section 3.1). Refusals are quick where answers may take a minute, so
 * a step of time without any answer counts as one: the width doubles, or beyond the threshold grows by
 * one. It is computed from timestamps; no timer runs.
 */
export class Ramp {
  #width = 1;
  #inFlight = 0;
  #answered = false;
  #grewAtMs: number;
  readonly #threshold: number;
  readonly #stepMs: number;

  /**
   * @param openedAtMs when the gate reopened
   * @param threshold the width from which on it grows slowly, 1 or more
   * @param stepMs after how long without an answer it widens: longer than a refusal takes
   */
  constructor(openedAtMs: number, threshold: number, stepMs: number) {
    this.#grewAtMs = openedAtMs;
    this.#threshold = threshold;
    this.#stepMs = stepMs;
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
    this.#width += this.#width < this.#threshold ? 1 : SLOW_GROWTH / this.#width;
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
    return this.#width < WIDE_OPEN ? this.#grewAtMs + this.#stepMs : Number.POSITIVE_INFINITY;
  }

  /** The threshold of the next ramp, if a request is refused now. */
  get thresholdAfterRefusal(): number {
    return Math.max(1, Math.floor(this.#width / 2));
  }

  #catchUp(nowMs: number): void {
    while (nowMs >= this.nextStepAtMs) {
      const slow = Math.max(this.#threshold, this.#width + 1);
      this.#width = Math.min(this.#width * 2, slow);
      this.#grewAtMs += this.#stepMs;
    }
  }
}
