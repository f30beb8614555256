export { onAbort, untilAborted } from './abort.js';
export { adapterChecks } from './adapter-checks.js';
export { isBodyTelling } from './answer.js';
export type {
  Backoff,
  BackoffContext,
  BackoffFunction,
  ConstantBackoff,
  ExponentialBackoff,
  Jitter,
} from './backoff.js';
export type { Attempt, CallLimits, CallOptions, Operation } from './call.js';
export { CALL_LIMIT_CHECKS, policyOption } from './call-checks.js';
export { type Clock, sleep, systemClock } from './clock.js';
export { adviseConcurrency } from './concurrency-advice.js';
export {
  type Decision,
  decide,
  type GiveUp,
  isIdempotent,
  type Retry,
  type Rules,
} from './decide.js';
export { DEFAULTS } from './defaults.js';
export { ask, EVENT_NAMES, type Events } from './events.js';
export { execute, executeUnchecked } from './execute.js';
export { explain } from './explain.js';
export type { Facts, HeaderReader, HeaderSource } from './facts.js';
export type { Effect, Evidence, Failure, FailureKind } from './failure.js';
export { fingerprintOf } from './fingerprint.js';
export type { Admission, Caller, GateState, Permit } from './gate/admission.js';
export { Alarm } from './gate/alarm.js';
export type { Barrier } from './gate/barrier.js';
export type { Closure } from './gate/closure.js';
export type { Gate } from './gate/gate.js';
export type { GateQueue } from './gate/gate-queue.js';
export type { GivenRefusal, Refusal } from './gate/refusal.js';
export { Waiting, WaitingLine } from './gate/waiting-line.js';
export type { GateSnapshot, Gates, KeyWaste } from './gates.js';
export { genericProfile } from './generic-profile.js';
export { readHeader } from './http/headers.js';
export { type RateLimit, readRateLimits } from './http/rate-limit.js';
export { momentOfReset } from './http/reset-value.js';
export { serverNow } from './http/server-now.js';
export {
  carriesIdempotencyKey,
  type IdempotencyKey,
  idempotencyKeyOf,
} from './idempotency-key.js';
export { type CallKey, callKeyOf } from './key/call-key.js';
export type { KeyRequest, RequestParts } from './key/key-request.js';
export { type RequestHeaders, readRequestHeader } from './key/request-headers.js';
export type { Layer } from './layered-retry.js';
export type { LimitedCall, OpenBody, Priority, TokenCount } from './limited-call.js';
export type {
  Applicant,
  Lane,
  LaneAdmission,
  LaneContext,
  LaneEnd,
  LanePermit,
  Limiter,
  QueuePlace,
} from './limiter.js';
export { isEnabled, setEnabled, setTestMode, type TestMode } from './mode.js';
export {
  type AttemptContext,
  type AttemptMark,
  attemptUnderWay,
  carryAttempts,
  runAttempt,
} from './nesting.js';
export type { ToldWait } from './next-wait.js';
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
  problem,
  record,
} from './options.js';
export type { Outcome } from './outcome.js';
export { createPicker, type ProviderPicker } from './picker.js';
export { definePolicy, type Policy, type PolicyOptions } from './policy.js';
export { POLICY_CHECKS } from './policy-checks.js';
export type {
  AttemptEvent,
  BypassedEvent,
  FleetEvent,
  GiveUpEvent,
  HoldEvent,
  LayeredRetryEvent,
  LimitsEvent,
  PaceEvent,
  PolicyEvent,
  PolicyEvents,
  QueuedEvent,
  RetryEvent,
  SuccessEvent,
  WaitingEvent,
} from './policy-events.js';
export type {
  IdempotencyKeys,
  LimitScope,
  ProfileRule,
  ProviderProfile,
  Renewal,
} from './profile.js';
export type { LimitShape, LimitUnit, ProviderLimit, ResetFormat } from './provider-limit.js';
export type { RetryBudgetOptions } from './retry-budget.js';
export { rememberShadow } from './shadow.js';
export { type Question, STOP_REASONS, type StopReason } from './stop-reason.js';
export { readStreamError } from './stream-error.js';
export { type AttemptTrace, type HoldTrace, shareTrace, type Trace, traceOf } from './trace.js';
export type { Waste } from './waste.js';
