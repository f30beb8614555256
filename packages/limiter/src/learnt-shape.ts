import type { LearntLimit as Told } from './permit-source.js';

/** What a server last said, to an attempt that was sent later than all others that it told of. */
export interface Basis {
  readonly sentAtMs: number;
  /** What was left; `undefined`: nobody knows. */
  left: number | undefined;
  /** When there is room again, by the monotonic clock. */
  readonly roomAtMs: number;
  /** The same as the server named it, by its own clock. */
  readonly serverResetAtMs: number | undefined;
}

/** How exact servers are about their resets. */
const SAME_WINDOW_MS = 1_500;
/** Requests that were sent so shortly one after the other may be counted in another order. */
export const REORDER_MS = 250;
/** The `Date` of an answer is in whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * Whether it must be a bucket. A window ends when it ends, whatever is used of it; a bucket is full the
 * later the more is used. So it is one if the server names another end before the first one is over by
 * its own clock.
 *
 * @param before what was told before: what was left, and the end by the server's clock
 * @param tookMs how long the answer took
 */
export function isBucket(
  before: Pick<Basis, 'left' | 'serverResetAtMs'>,
  { remaining, resetAtMs, serverNowMs }: Told,
  tookMs: number,
): boolean {
  const { left, serverResetAtMs } = before;
  if (left === undefined || remaining === undefined || remaining >= left) return false;
  if (resetAtMs === undefined || serverNowMs === undefined) return false;
  if (serverResetAtMs === undefined) return false;
  const countedAtMs = serverNowMs + DATE_STEP_MS - Math.max(0, tookMs - REORDER_MS);
  return resetAtMs > serverResetAtMs && countedAtMs <= serverResetAtMs;
}

/**
 * Units of a bucket that come back in a millisecond: what is used of it is back at its reset.
 *
 * @param tookMs how long before its answer it was counted, at most; a moment that is named is the same
 * @returns `undefined` where it cannot be told
 */
export function refillOf(told: Told, used: number, tookMs: number): number | undefined {
  const { resetMs = 0, resetAtMs, serverNowMs } = told;
  const isMoment = resetAtMs !== undefined && serverNowMs !== undefined;
  const inMs = isMoment ? resetAtMs - serverNowMs + tookMs : resetMs;
  return used > 0 && Number.isFinite(used) && inMs > 0 ? used / inMs : undefined;
}

/**
 * Whether an answer to a request of about the same time tells of a window after the one of the basis.
 *
 * @param roomAtMs when it says that there is room again, by the monotonic clock
 */
export function isLaterWindow(basis: Basis, roomAtMs: number, sentAtMs: number): boolean {
  const { left, roomAtMs: before, sentAtMs: basisSentAtMs } = basis;
  if (left === undefined) return sentAtMs >= basisSentAtMs;
  return roomAtMs > before + SAME_WINDOW_MS && sentAtMs > before - SAME_WINDOW_MS;
}
