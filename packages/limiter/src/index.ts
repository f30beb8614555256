export type { Limit, LimitShape } from './limit.js';
export type { Need, Unit } from './need.js';
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
