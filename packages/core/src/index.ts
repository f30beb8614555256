export type {
  Backoff,
  BackoffContext,
  BackoffFunction,
  ConstantBackoff,
  ExponentialBackoff,
  Jitter,
} from './backoff.js';
export type { Attempt, CallLimits, CallOptions, Operation } from './call.js';
export { CALL_LIMIT_CHECKS } from './call-checks.js';
export { type Clock, sleep, systemClock } from './clock.js';
export {
  type Decision,
  decide,
  type GiveUp,
  type Retry,
  type Rules,
  type ToldWait,
} from './decide.js';
export { DEFAULTS } from './defaults.js';
export type {
  AttemptEvent,
  Events,
  GiveUpEvent,
  PolicyEvent,
  PolicyEvents,
  RetryEvent,
  SuccessEvent,
  WaitingEvent,
} from './events.js';
export { execute, executeUnchecked } from './execute.js';
export { explain } from './explain.js';
export type { Facts, HeaderReader, HeaderSource } from './facts.js';
export type { Effect, Evidence, Failure, FailureKind } from './failure.js';
export { genericProfile } from './generic-profile.js';
export {
  assertOptions,
  booleanOption,
  type Check,
  type Checks,
  check,
  durationMs,
  functionOption,
  InvalidOptionsError,
  type OptionProblem,
  oneOf,
  record,
} from './options.js';
export type { Outcome } from './outcome.js';
export { definePolicy, type Policy, type PolicyOptions } from './policy.js';
export { POLICY_CHECKS } from './policy-checks.js';
export type { ProfileRule, ProviderProfile } from './profile.js';
export { type Question, STOP_REASONS, type StopReason } from './stop-reason.js';
export { type AttemptTrace, type Trace, traceOf } from './trace.js';
