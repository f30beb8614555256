import {
  booleanOption,
  type Check,
  type Checks,
  check,
  durationMs,
  functionOption,
  oneOf,
  problem,
  record,
} from './options.js';

const number = (least: number, remedy: string) =>
  check((value) => typeof value === 'number' && Number.isFinite(value) && value >= least, remedy);

const exponential = record({
  type: oneOf('exponential'),
  initialMs: durationMs(1),
  factor: number(1, 'give a number of 1 or more'),
  maxMs: durationMs(1),
  jitter: oneOf('full', 'equal', 'decorrelated', 'none'),
});

const constant: Check = (value, path) => [
  ...record({
    type: oneOf('constant'),
    delayMs: durationMs(),
    jitter: oneOf('full', 'equal', 'none'),
  })(value, path),
  ...((value as { delayMs?: unknown }).delayMs === undefined
    ? [problem(`${path}.delayMs`, undefined, 'give the milliseconds of the constant wait')]
    : []),
];

const backoff: Check = (value, path) => {
  if (typeof value === 'function' || value === undefined) return [];
  const type = (value as { type?: unknown } | null)?.type;
  if (type === undefined || type === 'exponential') return exponential(value, path);
  return type === 'constant'
    ? constant(value, path)
    : oneOf('exponential', 'constant')(type, `${path}.type`);
};

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  );
}

const SCOPES: readonly unknown[] = [
  'credential',
  'credential+model',
  'organisation',
  'organisation+model',
  'endpoint',
  'resource',
];

const isProfile = (value: unknown) => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, hosts, rules, limitScope } = value as Partial<Record<string, unknown>>;
  return (
    typeof name === 'string' &&
    Array.isArray(hosts) &&
    Array.isArray(rules) &&
    SCOPES.includes(limitScope)
  );
};

/** A profile of one API. */
export const profileOption: Check = check(
  isProfile,
  'give a profile, such as flexai of @forbear/providers',
);

const provider = check(
  (value) => typeof value === 'function' || isProfile(value),
  'give a profile, such as flexai of @forbear/providers, or what picks one, such as auto',
);

const retryBudget: Check = (value, path) =>
  value === false
    ? []
    : record({
        perCall: number(0, 'give retries for each call, 0 or more'),
        perSecond: number(0, 'give retries a second, 0 or more'),
        max: number(0, 'give the most retries that are saved, 0 or more'),
      })(value, path);

/** The options that can also be given to a single call. */
export const LIMIT_CHECKS: Checks = {
  maxRetries: check(
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1000,
    'give a whole number from 0 to 1000',
  ),
  deadlineMs: durationMs(1),
  attemptTimeoutMs: durationMs(1),
  maxHoldMs: durationMs(),
  repeatable: booleanOption,
};

export const POLICY_CHECKS: Checks = {
  ...LIMIT_CHECKS,
  provider,
  backoff,
  maxRetryAfterMs: durationMs(),
  probeMs: durationMs(1),
  retryBudget,
  refuseRepeatsMs: durationMs(1),
  key: functionOption,
  idempotencyKey: check(
    (value) => value === false || typeof value === 'function',
    'give a function that returns a new key, or false',
  ),
  limiter: check(
    (value) => hasMethods(value, 'laneOf'),
    'give what createLimiter() of @forbear/limiter made',
  ),
  clock: check(
    (value) => hasMethods(value, 'now', 'monotonic', 'setTimer'),
    'give an object with now(), monotonic() and setTimer(callback, ms)',
  ),
  random: functionOption,
};
