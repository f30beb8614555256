/** One wait that a 429 told a key. */
export interface ToldWait {
  readonly callId: string;
  readonly atMs: number;
  readonly untilMs: number;
}

/** A Retry-After as milliseconds from now: delta-seconds, or a date by the server's own clock. */
function parseRetryAfter(value: string, serverNowMs: number): number {
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Date.parse(value) - serverNowMs : seconds * 1000;
}

/** Remembers which keys were told to wait, to find the requests that did not. */
export class ToldWaits {
  readonly #waits = new Map<string, ToldWait[]>();

  /** A 429 with this Retry-After is about to be answered. */
  tell(
    credential: string,
    callId: string,
    retryAfter: string,
    nowMs: number,
    skewMs: number,
  ): void {
    const waitMs = parseRetryAfter(retryAfter, nowMs + skewMs);
    if (!(waitMs > 0)) return;
    const running = this.toldTo(credential).filter((wait) => nowMs < wait.untilMs);
    this.#waits.set(credential, [...running, { callId, atMs: nowMs, untilMs: nowMs + waitMs }]);
  }

  /** What a key has been told so far; what it is told later does not change the array. */
  toldTo(credential: string): readonly ToldWait[] {
    return this.#waits.get(credential) ?? [];
  }

  clear(): void {
    this.#waits.clear();
  }
}

/**
 * Whether a request that arrived at `atMs` came before a wait was over that its key had been told.
 * Another call's wait counts only when it was told in an earlier millisecond: before that, the client
 * cannot have known.
 */
export function isEarly(told: readonly ToldWait[], callId: string, atMs: number): boolean {
  return told.some((wait) => atMs < wait.untilMs && (wait.callId === callId || wait.atMs < atMs));
}
