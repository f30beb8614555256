import type { CallOptions, Operation } from './call.js';
import type { CallEnd } from './call-end.js';
import type { CallRecord } from './call-record.js';
import type { CallShared } from './call-shared.js';
import type { Decision } from './decide.js';
import type { Facts } from './facts.js';
import type { Outcome } from './outcome.js';

/** One call under way. */
export interface Run<T> extends CallShared {
  readonly operation: Operation<T>;
  readonly call: CallOptions<T>;
  readonly record: CallRecord;
}

/** Milliseconds that a call may take, if it has a deadline. */
export function deadlineMsOf<T>({ policy, call }: Run<T>): number | undefined {
  return call.deadlineMs ?? policy.deadlineMs;
}

/** How an attempt ended, and what follows from it. */
export interface Verdict<T> {
  readonly outcome: Outcome<T>;
  readonly facts: Facts;
  readonly decision: Decision;
}

/** How a call ended where no attempt was judged: in a wait, in a gate, or by what a function threw. */
export interface Ended<T> extends CallEnd {
  readonly outcome: Outcome<T>;
}

/** A clock, a random source or the like that was given to the policy threw: never a reason to repeat. */
export function policyThrew(error: unknown): Ended<never> {
  return { outcome: { ok: false, error }, reason: 'policy-threw' };
}
