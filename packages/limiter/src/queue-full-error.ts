const WAIT_OR_RAISE = 'call again later, call with a higher priority, or raise maxQueued';
const REMEDIES = {
  full: WAIT_OR_RAISE,
  evicted: WAIT_OR_RAISE,
  none: 'call again later, or raise maxQueued',
  drained: 'make a new limiter',
} as const;

/** The queue takes no more calls, so this one was not sent. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  /** How many calls may wait: `maxQueued`; 0 where the limiter is drained. */
  readonly maxQueued: number;
  /** What can be done. */
  readonly remedy: string;

  /** @param why `evicted`: it had waited and made room for a call of higher priority. @default 'full' */
  constructor(maxQueued: number, why: 'full' | 'evicted' | 'drained' = 'full') {
    const remedy = REMEDIES[why === 'full' && maxQueued === 0 ? 'none' : why];
    const full = maxQueued === 0 ? 'no call may wait' : `${maxQueued} calls wait already`;
    const what = why === 'drained' ? 'the limiter is drained' : full;
    super(`${why === 'evicted' ? 'a call of higher priority came while ' : ''}${what}; ${remedy}`);
    this.maxQueued = maxQueued;
    this.remedy = remedy;
  }
}
