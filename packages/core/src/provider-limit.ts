/** What a limit counts. LLM tokens are counted together, or apart as they go in and come out. */
export type LimitUnit =
  | 'requests'
  | 'tokens'
  | 'input-tokens'
  | 'output-tokens'
  | 'concurrency'
  | (string & {});

/**
 * What the end of a window means: `window` it starts anew, so all of it is waited for; `full` a bucket
 * is full again, so one slot is free after the reset divided by what is used.
 */
export type LimitShape = 'window' | 'full';

/** How a reset is written; told to people, since its looks and size tell it to the reader. */
export type ResetFormat = 'duration' | 'seconds' | 'unix-seconds' | 'unix-ms' | 'timestamp';

/** One of a provider's limits. */
export interface ProviderLimit {
  /** What the bucket is called, such as `requests` or `tokens-minute`. */
  readonly name: string;
  /** The header that names the bucket instead, in lower case, where the server has several. */
  readonly nameIn?: string;
  readonly unit: LimitUnit;
  /** What it allows, where that is the same for everybody. */
  readonly amount?: number;
  /** The length of its window in milliseconds. Absent: not known, or it has none. */
  readonly windowMs?: number;
  /** @default 'window' */
  readonly shape?: LimitShape;
  /**
   * The names of its headers, in lower case: `*` stands for `limit`, `remaining` and `reset`, or for
   * `reset-after` and `utilization` (a share of 1). Without a `*` it is one header of `used/limit`.
   * Absent: no header tells of it.
   */
  readonly headers?: string;
  /** How its reset is written. Absent: it has none. */
  readonly reset?: ResetFormat;
}
