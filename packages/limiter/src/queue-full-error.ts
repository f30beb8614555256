/** The queue takes no more calls, so this one was not sent. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  /** How many calls may wait: `maxQueued`; 0: the limiter is drained. */
  readonly maxQueued: number;
  /** What can be done. */
  readonly remedy: string;

  /** @param isEvicted whether it had waited and made room for a call of higher priority */
  constructor(maxQueued: number, isEvicted = false) {
    const remedy =
      maxQueued === 0
        ? 'make a new limiter'
        : 'call again later, call with a higher priority, or raise maxQueued';
    const what = maxQueued === 0 ? 'the limiter is drained' : `${maxQueued} calls wait already`;
    super(`${isEvicted ? 'a call of higher priority came while ' : ''}${what}; ${remedy}`);
    this.maxQueued = maxQueued;
    this.remedy = remedy;
  }
}
