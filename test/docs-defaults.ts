import { DEFAULTS, definePolicy, genericProfile, systemClock } from '@forbear/core';
import { LIMITER_DEFAULTS } from '@forbear/limiter';
import { REDIS_DEFAULTS } from '@forbear/limiter/redis';
import { DEFAULT_BACKOFF, nextBackoff } from '../packages/core/src/backoff.js';
import { DEFAULT_RETRY_BUDGET } from '../packages/core/src/retry-budget.js';
import { readFetchOptions } from '../packages/fetch/src/fetch-options.js';

const policy = definePolicy();
const options = readFetchOptions({});

function none(value: unknown): string {
  return value === undefined ? 'none' : String(value);
}

/** The jitter of a constant backoff that names none: with it, a wait of 1000 stays one of 1000. */
function jitterOfConstant(): string {
  const context = { attempt: 1, kind: 'network', previousWaitMs: 0, random: 0.25 } as const;
  const { waitMs } = nextBackoff({ type: 'constant', delayMs: 1000 }, context);
  return waitMs === 1000 ? 'none' : 'another';
}

const { perCall, perSecond, max } = DEFAULT_RETRY_BUDGET;
const RETRY_BUDGET = `${perCall} a call, ${perSecond} a second, ${max} saved`;

/** What the code does where an option is absent, in the words of the tables. */
export const ACTUAL_DEFAULTS: Readonly<Record<string, string>> = {
  maxRetries: String(policy.maxRetries),
  maxRetryAfterMs: String(policy.maxRetryAfterMs),
  maxHoldMs: String(policy.maxHoldMs),
  probeMs: String(policy.probeMs),
  ...Object.fromEntries(
    Object.entries(DEFAULT_RETRY_BUDGET).map(([name, value]) => [
      `retryBudget.${name}`,
      String(value),
    ]),
  ),
  retryBudget: RETRY_BUDGET,
  key: policy.key === undefined ? 'by the profile' : 'another',
  idempotencyKey: /^[0-9a-f-]{36}$/.test(policy.idempotencyKey?.() ?? '')
    ? 'a random UUID'
    : 'another',
  repeatable: String(policy.repeatable),
  refuseRepeatsMs: none(policy.refuseRepeatsMs),
  deadlineMs: none(policy.deadlineMs),
  attemptTimeoutMs: none(policy.attemptTimeoutMs),
  provider: policy.provider === genericProfile ? 'genericProfile' : 'another',
  clock: policy.clock === systemClock ? 'systemClock' : 'another',
  random: policy.random === Math.random ? 'Math.random' : 'another',
  backoff: `${DEFAULT_BACKOFF.type}, ${DEFAULT_BACKOFF.jitter} jitter`,
  ...Object.fromEntries(
    Object.entries(DEFAULT_BACKOFF).map(([name, value]) => [`backoff.${name}`, String(value)]),
  ),
  policy: 'none',
  limiter: none(policy.limiter),
  requestsPerMinute: 'learnt',
  tokensPerMinute: 'learnt',
  limits: 'none',
  maxConcurrent: LIMITER_DEFAULTS.maxConcurrent,
  maxQueued: 'any number',
  interactiveShare: String(LIMITER_DEFAULTS.interactiveShare),
  ageingMs: String(LIMITER_DEFAULTS.ageingMs),
  estimateTokens: 'by bytes',
  source: 'this process',
  fetch: options.fetch === undefined ? 'the global one' : 'another',
  maxReplayBytes: String(options.maxReplayBytes),
  redis: 'none',
  prefix: REDIS_DEFAULTS.prefix,
  slowAfterMs: String(REDIS_DEFAULTS.slowAfterMs),
  assumedPeers: String(REDIS_DEFAULTS.assumedPeers),
};

/** The options that the table of the first page must name. */
export const NAMED_DEFAULTS: readonly string[] = [
  ...Object.keys(DEFAULTS),
  ...Object.keys(DEFAULT_BACKOFF).map((name) => `backoff.${name}`),
  ...Object.keys(DEFAULT_RETRY_BUDGET).map((name) => `retryBudget.${name}`),
  'deadlineMs',
  'attemptTimeoutMs',
  'refuseRepeatsMs',
  'maxReplayBytes',
];

/** The same in the words of the docstrings, by file, interface and option. */
export const ACTUAL_TAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'packages/limiter/src/limiter-options.ts': {
    'LimitOptions.shape': "by the provider's profile",
    'LimiterOptions.requestsPerMinute': 'learnt from answers',
    'LimiterOptions.tokensPerMinute': 'learnt from answers',
    'LimiterOptions.limits': 'none',
    'LimiterOptions.maxConcurrent': `'${LIMITER_DEFAULTS.maxConcurrent}'`,
    'LimiterOptions.maxQueued': 'any number',
    'LimiterOptions.interactiveShare': String(LIMITER_DEFAULTS.interactiveShare),
    'LimiterOptions.ageingMs': String(LIMITER_DEFAULTS.ageingMs),
    'LimiterOptions.estimateTokens': 'a quarter of its bytes, and the output that it allows',
    'LimiterOptions.source': 'this process counts them',
  },
  'packages/limiter/src/redis/redis-limiter.ts': {
    'RedisLimiterOptions.prefix': `'${REDIS_DEFAULTS.prefix}'`,
    'RedisLimiterOptions.slowAfterMs': String(REDIS_DEFAULTS.slowAfterMs),
    'RedisLimiterOptions.assumedPeers': String(REDIS_DEFAULTS.assumedPeers),
  },
  'packages/core/src/policy.ts': {
    'PolicyOptions.provider':
      policy.provider === genericProfile
        ? 'a conservative profile that vouches for nothing'
        : 'another',
    'PolicyOptions.maxRetries': String(policy.maxRetries),
    'PolicyOptions.backoff': `${DEFAULT_BACKOFF.type}, ${DEFAULT_BACKOFF.jitter} jitter`,
    'PolicyOptions.maxRetryAfterMs': String(policy.maxRetryAfterMs),
    'PolicyOptions.deadlineMs': none(policy.deadlineMs),
    'PolicyOptions.attemptTimeoutMs': none(policy.attemptTimeoutMs),
    'PolicyOptions.repeatable': String(policy.repeatable),
    'PolicyOptions.refuseRepeatsMs': policy.refuseRepeatsMs === undefined ? 'never' : 'another',
    'PolicyOptions.maxHoldMs': String(policy.maxHoldMs),
    'PolicyOptions.probeMs': String(policy.probeMs),
    'PolicyOptions.retryBudget': RETRY_BUDGET,
    'PolicyOptions.key': policy.key === undefined ? "what the provider's profile says" : 'another',
    'PolicyOptions.idempotencyKey': /^[0-9a-f-]{36}$/.test(policy.idempotencyKey?.() ?? '')
      ? 'a random UUID'
      : 'another',
    'PolicyOptions.limiter': none(policy.limiter),
    'PolicyOptions.clock': policy.clock === systemClock ? "the system's" : 'another',
    'PolicyOptions.random': policy.random === Math.random ? 'Math.random' : 'another',
  },
  'packages/core/src/backoff.ts': {
    'ExponentialBackoff.initialMs': String(DEFAULT_BACKOFF.initialMs),
    'ExponentialBackoff.factor': String(DEFAULT_BACKOFF.factor),
    'ExponentialBackoff.maxMs': String(DEFAULT_BACKOFF.maxMs),
    'ExponentialBackoff.jitter': `'${DEFAULT_BACKOFF.jitter}'`,
    'ConstantBackoff.jitter': `'${jitterOfConstant()}'`,
  },
  'packages/fetch/src/fetch-options.ts': {
    'FetchOptions.fetch':
      options.fetch === undefined ? 'the global one, looked up at each call' : 'another',
    'FetchOptions.maxReplayBytes': String(options.maxReplayBytes),
  },
};

const TAG = /@default (?<value>[^\n]*?)\s*(?:\*\/|\n[\s\S]*?\*\/)\s*readonly (?<name>\w+)/g;

/** The `@default` tags of a source file, by interface and option. */
export function findTags(source: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const { index, groups = {} } of source.matchAll(TAG)) {
    const owner = [...source.slice(0, index).matchAll(/^export interface (\w+)/gm)].at(-1)?.[1];
    tags[`${owner}.${groups.name}`] = groups.value ?? '';
  }
  return tags;
}
