/** How many attempts may be under way where nothing is known of the server. */
const FIRST_LIMIT = 20;
const MOST = 1_000;

/** Why the number of attempts that may be under way has changed. */
export type PaceReason = 'answered' | 'throttled' | 'advised';

/** How many attempts of a key may be under way at once. */
export interface Concurrency {
  /** A whole number of 1 or more, or `Infinity`. */
  readonly limit: number;
  readonly inFlight: number;
  /** Whether one more may start so that a share of the limit is left. */
  hasRoom(keptShare: number): boolean;
  /** One starts. Gives its turn, which it hands back. */
  start(): number;
  /** That one was answered, or failed; `end`: what that tells of the server. */
  hear(turn: number, end: AttemptEndKind): void;
  /** One is over. */
  leave(): void;
  /** The provider advises so many at once. */
  advise(limit: number): void;
}

/**
 * How an attempt ended: the server took it; was too busy for it; refused it because a limit is used up
 * that it told of, which is no matter of how many are under way; or did not say.
 */
export type AttemptEndKind = 'answered' | 'throttled' | 'used-up' | 'unanswered';

/** A number that was given. */
export class FixedConcurrency implements Concurrency {
  readonly limit: number;
  #inFlight = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  hasRoom(keptShare: number): boolean {
    return this.#inFlight < this.limit - Math.floor(this.limit * keptShare || 0);
  }

  start(): number {
    this.#inFlight++;
    return 0;
  }

  hear(): void {}

  leave(): void {
    this.#inFlight--;
  }

  advise(): void {}
}

/**
 * Finds the number by itself, as TCP does (RFC 5681, section 3.1): one more with each answer until the
 * server throttles, from then on one more each time that all were answered. It is halved once for each
 * episode of throttling: what was sent before the halving belongs to the same one. Where a limit was used
 * up it soon is where it was. One that nobody makes use of does not grow.
 */
export class AutoConcurrency implements Concurrency {
  #limit: number;
  /** From here on it grows slowly. */
  #threshold = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  /** The most that were under way since the last episode. */
  #peak = 0;
  #turn = 0;
  /** Turns up to this one belong to an episode that has been answered by halving. */
  #episodeEnd = 0;
  #isAdvised: boolean;
  readonly #onChange: (was: number, because: PaceReason) => void;

  /**
   * @param first what it starts with. @default 20
   * @param advised whether that is what the provider advises, beyond which it grows slowly
   * @param onChange is told when the whole number is another
   */
  constructor(
    onChange: (was: number, because: PaceReason) => void,
    first = FIRST_LIMIT,
    advised = false,
  ) {
    this.#limit = Math.max(1, Math.min(Math.floor(first), MOST));
    this.#isAdvised = advised;
    if (advised) this.#threshold = this.#limit;
    this.#onChange = onChange;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  hasRoom(keptShare: number): boolean {
    return this.#inFlight < this.limit - Math.floor(this.limit * keptShare);
  }

  start(): number {
    this.#inFlight++;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    this.#turn++;
    return this.#turn;
  }

  hear(turn: number, end: AttemptEndKind): void {
    if (end === 'answered' && this.#inFlight * 2 > this.#limit) {
      const more = this.#limit < this.#threshold ? 1 : 1 / this.#limit;
      this.#set(Math.min(MOST, this.#limit + more), 'answered');
    } else if ((end === 'throttled' || end === 'used-up') && turn > this.#episodeEnd) {
      this.#episodeEnd = this.#turn;
      const used = Math.min(this.#limit, this.#peak);
      const half = Math.max(1, Math.floor(used / 2));
      this.#threshold = end === 'throttled' ? half : Math.max(1, Math.floor(used));
      this.#peak = this.#inFlight - 1;
      this.#set(half, 'throttled');
    }
  }

  leave(): void {
    this.#inFlight--;
  }

  /** The first advice holds; what the server does from then on is a better one. */
  advise(limit: number): void {
    if (this.#isAdvised) return;
    this.#isAdvised = true;
    this.#threshold = Math.max(1, Math.min(Math.floor(limit), MOST));
    this.#set(this.#threshold, 'advised');
  }

  #set(limit: number, because: PaceReason): void {
    const was = this.limit;
    this.#limit = limit;
    if (this.limit !== was) this.#onChange(was, because);
  }
}
