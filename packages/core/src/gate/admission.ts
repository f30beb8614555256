import type { Clock } from '../clock.js';
import type { Ramp } from './ramp.js';
import type { GivenRefusal } from './refusal.js';

/** Leave to make one attempt; the gate wants to hear how it ended. */
export interface Permit {
  /** Given by a ramp; without one it is a probe. */
  readonly ramp: Ramp | undefined;
  /** The closure that it was given under. */
  readonly under: object;
}

/** What a gate says to a call that wants to make an attempt. */
export type Admission =
  /** Go. Without a permit the gate was open, and need not hear how the attempt ended. */
  { readonly kind: 'admitted'; readonly permit?: Permit } | KeptOut;

/** Why a call makes no attempt. */
export type KeptOut =
  /** Nothing goes for long: the wallet is empty, or the told wait is longer than `maxRetryAfterMs`. */
  | { readonly kind: 'refused'; readonly refusal: GivenRefusal }
  /**
   * It is not going to open within the limit of the call, so the wait was not begun or went no further.
   * Without a refusal it is the limiter that keeps it.
   */
  | { readonly kind: 'too-late'; readonly refusal?: GivenRefusal }
  /** Its turn did not come within the limit of the call. */
  | { readonly kind: 'expired'; readonly refusal?: GivenRefusal }
  | { readonly kind: 'aborted' };

/** A call that wants to make an attempt. */
export interface Caller {
  /** The older call, the one with the smaller number, goes first. */
  readonly number: number;
  /** Until when it may wait, by the monotonic clock; may be `Infinity`. */
  readonly limitAtMs: number;
  readonly signal: AbortSignal | null | undefined;
}

/** How an attempt that had a permit ended. */
export type PermitEnd = 'succeeded' | 'answered' | 'unanswered';

/** `open`; `closed` until a told time; `refusing`, but for probes; `reopening`, by a ramp. */
export type GateState = 'open' | 'closed' | 'refusing' | 'reopening';

export interface GateRules {
  readonly clock: Clock;
  readonly maxRetryAfterMs: number;
  readonly probeMs: number;
}
