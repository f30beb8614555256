/** One charge, written at the moment the work was committed. */
export interface LedgerEntry {
  /** The logical request: its `x-call-id`, or a hash of its method, path and body. */
  readonly callId: string;
  readonly method: string;
  readonly path: string;
  /** What was charged, in cents. */
  readonly amount: number;
  /** When, in Unix milliseconds of the provider's clock. */
  readonly atMs: number;
}

/** What was billed, whatever the client was told. */
export interface Ledger {
  /** Every charge, in order. */
  readonly entries: readonly LedgerEntry[];
  /** How often a logical request was billed. */
  bills(callId: string): number;
  /** The logical requests that were billed more than once. */
  billedTwice(): string[];
  /** The sum of all charges, in cents. */
  total(): number;
}

export class WritableLedger implements Ledger {
  #entries: LedgerEntry[] = [];
  readonly #bills = new Map<string, number>();

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  write(entry: LedgerEntry): void {
    this.#entries.push(Object.freeze(entry));
    this.#bills.set(entry.callId, this.bills(entry.callId) + 1);
  }

  bills(callId: string): number {
    return this.#bills.get(callId) ?? 0;
  }

  billedTwice(): string[] {
    return [...this.#bills].filter(([, bills]) => bills > 1).map(([callId]) => callId);
  }

  total(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.amount, 0);
  }

  clear(): void {
    this.#entries = [];
    this.#bills.clear();
  }
}
