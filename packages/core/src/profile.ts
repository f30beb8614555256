import type { Effect, FailureKind } from './failure.js';

/** One line of a provider's error page. The first rule that matches an answer holds. */
export interface ProfileRule {
  /** The HTTP status it is about. */
  readonly status: number;
  /** Any of these `error.type` values; absent: any. */
  readonly type?: readonly string[];
  /** Any of these `error.code` values; absent: any. */
  readonly code?: readonly string[];
  /** `true`: only with the provider's own JSON error envelope, which its gateway alone writes. */
  readonly envelope?: true;
  readonly kind: FailureKind;
  /** What became of the work. @default 'none' */
  readonly effect?: Effect;
  /** Whether the same request may succeed later. @default by kind */
  readonly transient?: boolean;
  /** The provider's own rule in words; `explain` repeats it. */
  readonly because: string;
}

/** What one provider means by its answers, as data. */
export interface ProviderProfile {
  /** How people call it. */
  readonly name: string;
  /**
   * Where it answers: `host`, or `host/path` where several answer on one host. A `*` stands for what is
   * between two dots or slashes, or for a part of it: `*.openai.azure.com`. On any port.
   */
  readonly hosts: readonly string[];
  /** What one limit of it counts together. */
  readonly limitScope: 'credential' | 'credential+model' | 'endpoint';
  /**
   * What its reset headers mean: `window` when the window starts anew, so wait for all of it;
   * `full` when a bucket is full again, so one slot is free after the reset divided by what is used.
   */
  readonly resetShape: 'window' | 'full';
  /** Whether it promises to do work with the same `Idempotency-Key` only once. */
  readonly idempotencyKeyHonoured: boolean;
  readonly rules: readonly ProfileRule[];
  /** The pages that the rules come from. */
  readonly sources: readonly string[];
}
