/** What of one unit may be taken, by all processes together. Amounts are whole numbers. */
export interface Meter {
  /** Milliseconds for each of the unit at the limit, for all processes together; it can be changed. */
  paceMs: number;
  /** What an idle process may take at once when it goes by itself, in milliseconds of the pace. */
  readonly burstMs: number;
  /** Whether so much is here and can be taken at once. */
  has(amount: number): boolean;
  /** Takes it from what is here. */
  take(amount: number): void;
  /** Fetches what is missing; `changed` is called when some of it has come. */
  fetch(amount: number): void;
  /** Counts in Redis what was taken without asking it. */
  count(amount: number): void;
  /** So much of what was taken was not used; negative: so much more was. */
  giveBack(amount: number): void;
  /** What is here, and what comes for sure. */
  readonly coming: boolean;
  readonly stock: number;
  /** Milliseconds until it has to be looked at again; `Infinity`: never. */
  readonly lookInMs: number;
  /** Has Redis looked at what waits there. */
  look(): void;
  /** Whether nothing is here, and nothing on its way. */
  readonly isIdle: boolean;
  close(): void;
}
