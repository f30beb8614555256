/** The calls of one key from their beginning to their end, and whether more may come. */
export class Attendance {
  readonly #onEmpty: () => void;
  #calls = 0;
  #isClosed = false;
  #isOver = false;
  #turnedAway = 0;

  /** @param onEmpty is told each time that the last call has ended */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get isEmpty(): boolean {
    return this.#calls === 0;
  }

  /** How many of those that were taken were turned away in the end. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  begin(): void {
    this.#calls++;
  }

  finish(): void {
    this.#calls--;
    if (this.#calls === 0) this.#onEmpty();
  }

  /** Takes no more calls. */
  close(): void {
    this.#isClosed = true;
  }

  /** Lets none make another attempt, of whom so many wait. */
  stop(waiting: number): void {
    this.#isOver = true;
    this.#turnedAway += waiting;
  }

  /** Whether a call may ask for an attempt. */
  admits(isRetry: boolean): boolean {
    if (!isRetry) return !this.#isClosed;
    if (this.#isOver) this.#turnedAway++;
    return !this.#isOver;
  }
}
