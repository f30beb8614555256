/** Who goes first: a word, or a whole number from 0 (`batch`) over 50 (`normal`) to 100 (`interactive`). */
export type Priority = 'interactive' | 'normal' | 'batch' | number;

/** How many tokens a call takes: all of them, or input and allowed output. Whole numbers, 0 or more. */
export type TokenCount = number | { readonly input: number; readonly output: number };

/** What a call says that a limiter goes by. */
export interface LimitedCall {
  /** Who goes first where a limiter makes calls wait. @default 'normal' */
  readonly priority?: Priority | undefined;
  /** For whom it is made: a limiter is fair between the tenants of a key. @default '' */
  readonly tenant?: string | undefined;
  /** The tokens that it takes of a limiter. @default an estimate of the limiter's */
  readonly tokens?: TokenCount | undefined;
  /** The body of its request, for a limiter that has to estimate tokens. It is looked at, never used up. */
  readonly body?: unknown;
}

/** A body that was still coming when its attempt was over. */
export interface OpenBody {
  /** Whether somebody reads it, or has begun to. */
  readonly isRead: boolean;
  /** Calls `listener` once, when nothing of it comes any more. */
  onOver(listener: () => void): void;
}
