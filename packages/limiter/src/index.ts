export { createLimiter } from './create-limiter.js';
export type { Limit, LimitShape } from './limit.js';
export type { EstimateOptions, Limiter, LimiterSnapshot } from './limiter.js';
export { LIMITER_DEFAULTS, type LimiterOptions, type LimitOptions } from './limiter-options.js';
export { MemorySource } from './memory-source.js';
export type { Need, Unit } from './need.js';
export { NeverFitsError } from './never-fits-error.js';
export type {
  Grant,
  LearntLimit,
  LimitSnapshot,
  NoGrant,
  PermitSource,
  PermitSourceContext,
  PermitSourceFactory,
  TooLarge,
} from './permit-source.js';
export { QueueFullError } from './queue-full-error.js';
export type { TokenEstimator, TokenRequest } from './token-estimate.js';
