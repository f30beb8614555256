/** What was taken of a limit by one attempt. */
export interface Charge {
  readonly amount: number;
}

/**
 * Counts one limit exactly. It is computed from the times that it is given, all by the monotonic clock;
 * no timer runs.
 */
export interface Pacer<Taken extends Charge = Charge> {
  /**
   * Milliseconds until `amount` may be taken; 0: now.
   *
   * @param keep units that are to be left. @default 0
   * @param ahead units that will be taken before it, one attempt after the other. @default 0
   */
  waitMs(amount: number, nowMs: number, keep?: number, ahead?: number): number;
  /** Takes it, whether it may be or not. */
  take(amount: number, nowMs: number): Taken;
  /**
   * The server has counted it by now.
   *
   * @param resetAtMs when the server's window ends in which it did, if it told
   */
  answered(charge: Taken, nowMs: number, resetAtMs?: number): void;
  /** It took another amount in the end: less, 0 when it was never sent, or more. */
  change(charge: Taken, amount: number, nowMs: number): void;
  /** What could be taken at once. */
  available(nowMs: number): number;
  /** Whether nothing that was taken counts any more. */
  isFresh(nowMs: number): boolean;
}

const MOST_ARRIVAL_MS = 1_000;
const ARRIVAL_SHARE = 1 / 20;

/**
 * How much later than it was sent a request is taken to be counted by the server, at most, while its
 * answer has not come: milliseconds, a twentieth of the window and a second at most.
 */
export function arrivalMs(perMs: number): number {
  return Math.min(MOST_ARRIVAL_MS, perMs * ARRIVAL_SHARE);
}
