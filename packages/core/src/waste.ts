/** What the attempts of a key came to. */
export interface Waste {
  /** Attempts that succeeded. */
  readonly useful: number;
  /** Attempts that failed. */
  readonly wasted: number;
  /** Those of the failed ones whose work may have been done, and billed, all the same. */
  readonly possiblyBilled: number;
  /** Milliseconds that its calls spent waiting: told waits, backoff, holds. */
  readonly waitedMs: number;
}

/** Counts what is wasted. */
export class WasteCount implements Waste {
  useful = 0;
  wasted = 0;
  possiblyBilled = 0;
  waitedMs = 0;

  add({ useful, wasted, possiblyBilled, waitedMs }: Waste): void {
    this.useful += useful;
    this.wasted += wasted;
    this.possiblyBilled += possiblyBilled;
    this.waitedMs += waitedMs;
  }

  reset(): void {
    this.useful = 0;
    this.wasted = 0;
    this.possiblyBilled = 0;
    this.waitedMs = 0;
  }

  read(): Waste {
    const { useful, wasted, possiblyBilled, waitedMs } = this;
    return { useful, wasted, possiblyBilled, waitedMs };
  }
}
