import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, decide, type Rules } from './decide.js';
import type { Facts } from './facts.js';
import type { FailureKind } from './failure.js';
import { genericProfile } from './generic-profile.js';
import { readRetryAfter } from './http/retry-after.js';
import type { ProfileRule, ProviderProfile } from './profile.js';
import type { ProviderLimit } from './provider-limit.js';

/** An engine: the real one, or a wrong one that a property must find out. */
type Engine = typeof decide;

interface Case {
  readonly facts: Facts;
  readonly rules: Rules;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
const KEYED = new Set(['POST', 'PATCH', 'post']);
const PERMANENT_STATUSES = [400, 401, 403, 404, 405, 409, 410, 414, 422, 451, 501, 505];

const method = fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH', 'post', 'QUERY');
const status = fc.oneof(
  fc.constantFrom(200, 400, 402, 408, 413, 425, 429, 500, 502, 503, 504, 529),
  fc.integer({ min: 200, max: 599 }),
);
const amount = fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.double());

const headerValue = fc.oneof(
  fc.integer({ min: -2, max: 200 }).map(String),
  fc.double({ min: 0, max: 100, noNaN: true }).map((seconds) => seconds.toFixed(3)),
  fc.constantFrom('soon', '1e9', '3000000', '9'.repeat(30), '6m0s', 'true', 'false', ''),
  fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((at) => at.toUTCString()),
  fc.string({ maxLength: 12 }),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'retry-after',
    'Retry-After',
    'retry-after-ms',
    'x-ms-retry-after-ms',
    'grpc-retry-pushback-ms',
    'x-should-retry',
    'date',
    'age',
    'x-ratelimit-limit-requests',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-requests',
    'ratelimit',
    'ratelimit-policy',
  ),
  headerValue,
  { maxKeys: 6 },
);

const body = fc.oneof(
  fc.constantFrom('', '{', '<html>', '{"error":"m"}', 'null', '[]'),
  fc
    .record({
      message: fc.constant('m'),
      type: fc.constantFrom('insufficient_quota', 'rate_limit_error', null),
      code: fc.constantFrom('insufficient_quota', 'rate_limit_exceeded', 402, null),
    })
    .map((error) => JSON.stringify({ error })),
  fc.json({ maxDepth: 2 }),
);

const error = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'EOTHER'),
      fc.constantFrom('connect', 'read', undefined),
    )
    .map(([code, syscall]) => Object.assign(new Error(code), { code, syscall })),
  fc.constantFrom(
    new TypeError('fetch failed'),
    new TypeError('x is not a function'),
    new DOMException('m', 'AbortError'),
    new DOMException('m', 'TimeoutError'),
    new Error('NGHTTP2_REFUSED_STREAM'),
  ),
  fc.anything(),
);

const shared = {
  method,
  attempt: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.double()),
  scheduledRetries: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.double()),
  retriesAllowed: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(100)),
  elapsedMs: amount,
  nowMs: fc.integer({ min: 0, max: 4e12 }),
  random: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double()),
  previousWaitMs: fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.constantFrom(-1, Number.NaN)),
  sent: fc.constantFrom('no', 'yes', 'unknown'),
  timedOut: fc.boolean(),
  aborted: fc.constantFrom(false, false, false, true),
  replayable: fc.constantFrom(true, true, true, false),
  repeatable: fc.boolean(),
  hasIdempotencyKey: fc.boolean(),
};

const facts = fc.oneof(
  fc.record({ ...shared, status, headers, body }, { requiredKeys: ['status'] }),
  fc.record({ ...shared, error }, { requiredKeys: ['error'] }),
  fc.record({ ...shared, status, headers, error }, { requiredKeys: ['status', 'error'] }),
) as fc.Arbitrary<Facts>;

const KINDS: FailureKind[] = [
  'rate-limited',
  'overloaded',
  'never-fits',
  'invalid',
  'server-error',
];
const profileRule = fc.record(
  {
    status: fc.constantFrom(429, 500, 503, 529),
    envelope: fc.constant(true as const),
    code: fc.constant(['rate_limit_exceeded']),
    kind: fc.constantFrom(...KINDS),
    effect: fc.constantFrom('none', 'unknown', 'done'),
    because: fc.constant('x'),
  },
  { requiredKeys: ['status', 'kind', 'because'] },
) as fc.Arbitrary<ProfileRule>;
const FULL: readonly ProviderLimit[] = ['requests', 'tokens'].map((name) => ({
  name,
  unit: name,
  shape: 'full',
  headers: `x-ratelimit-*-${name}`,
}));
const provider: fc.Arbitrary<ProviderProfile> = fc
  .record({
    rules: fc.array(profileRule, { maxLength: 3 }),
    idempotencyKeys: fc.constantFrom(undefined, { methods: ['POST', 'PATCH'], keptMs: 1e15 }),
    limits: fc.constantFrom([], FULL),
  })
  .map((own) => ({ ...genericProfile, ...own })) as fc.Arbitrary<ProviderProfile>;

const backoffRecord = fc.oneof(
  fc.record(
    {
      initialMs: fc.integer({ min: 1, max: 60_000 }),
      factor: fc.double({ min: 1, max: 100, noNaN: true }),
      maxMs: fc.integer({ min: 1, max: 120_000 }),
      jitter: fc.constantFrom('full', 'equal', 'decorrelated', 'none'),
    },
    { requiredKeys: [] },
  ),
  fc.record({ type: fc.constant('constant'), delayMs: fc.integer({ min: 0, max: 60_000 }) }),
);
const returned = fc.oneof(amount, fc.constantFrom(undefined, null, '5', -1, Number.NaN));
const backoff = fc.oneof(
  backoffRecord,
  returned.map((value) => () => value),
  fc.constant(() => {
    throw new Error('mine');
  }),
) as fc.Arbitrary<NonNullable<Rules['backoff']>>;

const rules = fc.record(
  {
    provider,
    backoff,
    maxRetries: fc.integer({ min: 0, max: 6 }),
    maxRetryAfterMs: fc.integer({ min: 0, max: 1e12 }),
    deadlineMs: fc.integer({ min: 1, max: 100_000 }),
    repeatable: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Rules>;

const anyCase: fc.Arbitrary<Case> = fc.record({ facts, rules });

function property(holds: (given: Case, decision: Decision) => boolean) {
  return (engine: Engine) =>
    fc.property(anyCase, (given) => holds(given, engine(given.facts, given.rules)));
}

/** What was told by Retry-After or its relatives, read anew. */
function toldMs({ headers, nowMs = 0 }: Facts): number {
  return readRetryAfter(headers, nowMs)?.waitMs ?? 0;
}

function mayRepeat({ facts, rules }: Case): boolean {
  if (facts.repeatable ?? rules.repeatable) return true;
  const { method = '' } = facts;
  const isKept = rules.provider?.idempotencyKeys !== undefined && KEYED.has(method);
  if (facts.hasIdempotencyKey && isKept && Number.isFinite(facts.elapsedMs ?? 0)) return true;
  return facts.method !== undefined && IDEMPOTENT.has(facts.method);
}

const PROPERTIES = {
  'every wait is finite and not negative': property(
    (_, decision) =>
      decision.action !== 'retry' || (Number.isFinite(decision.waitMs) && decision.waitMs >= 0),
  ),
  'no wait is shorter than the server said': property(
    ({ facts }, decision) =>
      decision.action !== 'retry' ||
      (decision.waitMs >= (decision.told?.ms ?? 0) && decision.waitMs >= toldMs(facts)),
  ),
  'no told wait is stretched by more than a second, but where it is only the least': property(
    (_, decision) =>
      decision.action !== 'retry' ||
      decision.told === undefined ||
      decision.told.atLeast === true ||
      decision.waitMs <= decision.told.ms + 1000,
  ),
  'no wait ends after the deadline': property(({ facts, rules }, decision) => {
    if (decision.action !== 'retry' || rules.deadlineMs === undefined) return true;
    const elapsedMs = Number.isFinite(facts.elapsedMs) ? Number(facts.elapsedMs) : 0;
    return elapsedMs + decision.waitMs <= rules.deadlineMs;
  }),
  'what may have been done is not repeated, unless it may be': property(
    (given, decision) =>
      decision.action !== 'retry' || decision.failure.effect === 'none' || mayRepeat(given),
  ),
  'a POST that nobody vouches for is not repeated after it left': (engine: Engine) =>
    fc.property(
      facts,
      backoff,
      fc.oneof(fc.constantFrom(408, 500, 502, 504, 520), fc.constant(undefined)),
      fc.constantFrom('ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT'),
      ({ status: _, error: __, headers, random }, backoff, status, code) => {
        const error = Object.assign(new Error(code), { code, syscall: 'connect' });
        const failed = status === undefined ? { error, sent: 'yes' as const } : { status };
        const given = { method: 'POST', ...failed, ...(headers && { headers }) };
        return engine({ ...given, ...(random && { random }) }, { backoff }).action !== 'retry';
      },
    ),
  'what is permanent is not repeated': property(({ facts, rules }, decision) => {
    if (decision.action !== 'retry' || rules.provider !== undefined) return true;
    const advised = decision.failure.effect === 'none' && facts.headers !== undefined;
    return decision.failure.transient || advised;
  }),
  'no call has more retries than it may': property(({ facts, rules }, decision) => {
    if (decision.action !== 'retry') return true;
    const finite = (value: number | undefined) => (Number.isFinite(value) ? Number(value) : 0);
    const scheduled = finite(facts.scheduledRetries);
    const retries = finite(facts.attempt) === 0 ? 0 : finite(facts.attempt) - 1;
    const { maxRetries = 3 } = rules;
    if (!decision.scheduled) return maxRetries > 0 && retries - scheduled < maxRetries;
    return maxRetries > 0 && scheduled < Math.max(10, maxRetries);
  }),
  'a retry counts as scheduled only if the server told its key to wait': property(
    (_, decision) =>
      decision.action !== 'retry' ||
      !decision.scheduled ||
      (decision.told !== undefined &&
        decision.closes !== undefined &&
        decision.closes.ms >= decision.told.ms),
  ),
  'what the budget does not allow is not repeated, but for rate limits and what was never sent':
    property(
      ({ facts }, decision) =>
        decision.action !== 'retry' ||
        (facts.retriesAllowed ?? 1) >= 1 ||
        decision.failure.kind === 'rate-limited' ||
        decision.failure.evidence === 'not-sent',
    ),
  'a failure closes the gate only if it concerns the whole key, and never for less than told':
    property((_, decision) => {
      if (decision.action === 'succeed' || decision.closes === undefined) return true;
      const { closes, failure, told } = decision;
      return failure.concerns === 'key' && closes.ms >= (told?.ms ?? 0) && closes.jitterMs >= 0;
    }),
  'an aborted call is not repeated, and neither is a body that is gone': property(
    ({ facts }, decision) =>
      decision.action !== 'retry' || (!facts.aborted && facts.replayable !== false),
  ),
  'the same facts give the same decision': (engine: Engine) =>
    fc.property(anyCase, ({ facts, rules }) => {
      const [first, second] = [engine(facts, rules), engine(facts, rules)].map(fc.stringify);
      return first === second;
    }),
  'jitter makes no call miss its deadline, nor give up for it': (engine: Engine) =>
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seconds, spareMs, random) => {
        const headers = { 'retry-after': String(seconds) };
        const deadlineMs = seconds * 1000 + spareMs;
        const decision = engine({ status: 429, headers, random }, { deadlineMs });
        return decision.action === 'retry' && decision.waitMs < deadlineMs;
      },
    ),
  'a GET that fails for now is repeated while there are retries and time': (engine: Engine) =>
    fc.property(
      fc.constantFrom(408, 429, 500, 502, 503, 504, 520, 529),
      fc.integer({ min: 1, max: 3 }),
      fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      (status, attempt, seconds) => {
        const headers = seconds === undefined ? {} : { 'retry-after': String(seconds) };
        return engine({ method: 'GET', status, attempt, headers }).action === 'retry';
      },
    ),
  'a POST that was refused for now is repeated while there are retries and time': (
    engine: Engine,
  ) =>
    fc.property(
      fc.constantFrom(429, 503),
      fc.integer({ min: 1, max: 60 }),
      (status, seconds) =>
        engine({ method: 'POST', status, headers: { 'retry-after': String(seconds) } }).action ===
        'retry',
    ),
  'what the tables call permanent is not repeated': (engine: Engine) =>
    fc.property(
      fc.constantFrom(...PERMANENT_STATUSES),
      facts,
      (status, { headers: _, error: __, ...given }) =>
        engine({ ...given, status }).action === 'give-up',
    ),
} satisfies Record<string, (engine: Engine) => unknown>;

type Name = keyof typeof PROPERTIES;

function run(name: Name, engine: Engine, seed = {}): fc.RunDetails<unknown> {
  const property = PROPERTIES[name](engine) as fc.IRawProperty<unknown, false>;
  return fc.check(property, { numRuns: 1500, ...seed });
}

describe('for any facts and any rules', () => {
  test.each(Object.keys(PROPERTIES) as Name[])('%s', (name) => {
    const details = run(name, decide);
    expect(details.failed, fc.defaultReportMessage(details)).toBe(false);
  });
});

/** An engine that repeats what the real one gave up for one of some reasons. */
function repeating(...reasons: string[]): Engine {
  return (facts, rules) => {
    const decision = decide(facts, rules);
    if (decision.action !== 'give-up' || !reasons.includes(decision.reason)) return decision;
    const { told } = decision;
    const rest = { scheduled: false, paysBudget: false };
    return { ...decision, ...rest, action: 'retry', waitMs: told?.ms ?? 0 };
  };
}

/** An engine that waits otherwise than the real one. */
function waiting(change: (waitMs: number, facts: Facts) => number): Engine {
  return (facts, rules) => {
    const decision = decide(facts, rules);
    return decision.action === 'retry'
      ? { ...decision, waitMs: change(decision.waitMs, facts) }
      : decision;
  };
}

const givingUp: Engine = (facts, rules) => {
  const decision = decide(facts, rules);
  if (decision.action !== 'retry') return decision;
  const { failure, notes } = decision;
  return { action: 'give-up', reason: 'permanent', question: 'help', failure, notes };
};

let draws = 0;

describe('a wrong engine is found out', () => {
  const WRONG: [string, Engine, Name][] = [
    ['waits for no number', waiting(() => Number.NaN), 'every wait is finite and not negative'],
    ['waits below zero', waiting((ms) => ms - 1e9), 'every wait is finite and not negative'],
    ['waits a tenth short', waiting((ms) => ms * 0.9), 'no wait is shorter than the server said'],
    [
      'waits a tenth too long',
      waiting((ms) => ms * 1.1 + 1000),
      'no told wait is stretched by more than a second, but where it is only the least',
    ],
    [
      'ignores the deadline',
      (facts, { deadlineMs: _, ...rules } = {}) => decide(facts, rules),
      'no wait ends after the deadline',
    ],
    [
      'lets jitter pass the deadline',
      (facts, rules) => {
        const decision = decide(facts, rules);
        if (decision.action !== 'retry') return decision;
        const { deadlineMs: _, ...rest } = rules ?? {};
        return decide(facts, rest);
      },
      'jitter makes no call miss its deadline, nor give up for it',
    ],
    [
      'gives up where its jitter would not end in time',
      (facts, rules) => {
        const { deadlineMs = Number.POSITIVE_INFINITY, ...rest } = rules ?? {};
        const decision = decide(facts, rest);
        return decision.action === 'retry' && decision.waitMs >= deadlineMs
          ? givingUp(facts, rest)
          : decision;
      },
      'jitter makes no call miss its deadline, nor give up for it',
    ],
    [
      'repeats what may have been done',
      repeating('may-have-been-done'),
      'what may have been done is not repeated, unless it may be',
    ],
    [
      'repeats what was done',
      repeating('done'),
      'what may have been done is not repeated, unless it may be',
    ],
    [
      'takes a 500 for a refusal',
      (facts, rules) => decide(facts.status === 500 ? { ...facts, status: 429 } : facts, rules),
      'a POST that nobody vouches for is not repeated after it left',
    ],
    [
      'does not look at the wire',
      ({ sent: _, ...facts }, rules) => decide(facts, rules),
      'a POST that nobody vouches for is not repeated after it left',
    ],
    [
      'honours keys that nobody honours',
      (facts, rules) =>
        decide(facts.hasIdempotencyKey ? { ...facts, repeatable: true } : facts, rules),
      'what may have been done is not repeated, unless it may be',
    ],
    ['repeats what is permanent', repeating('permanent'), 'what is permanent is not repeated'],
    [
      'repeats what is permanent by the tables',
      repeating('permanent'),
      'what the tables call permanent is not repeated',
    ],
    [
      'repeats once too often',
      (facts, rules) => decide({ ...facts, attempt: (facts.attempt ?? 1) - 1 }, rules),
      'no call has more retries than it may',
    ],
    [
      'counts every retry as scheduled',
      (facts, rules) => {
        const decision = decide(facts, rules);
        return decision.action === 'retry' ? { ...decision, scheduled: true } : decision;
      },
      'a retry counts as scheduled only if the server told its key to wait',
    ],
    [
      'has no budget',
      ({ retriesAllowed: _, ...facts }, rules) => decide(facts, rules),
      'what the budget does not allow is not repeated, but for rate limits and what was never sent',
    ],
    [
      'closes the gate at every failure',
      (facts, rules) => {
        const decision = decide(facts, rules);
        if (decision.action === 'succeed') return decision;
        return { ...decision, closes: { ms: decision.told?.ms ?? 0, jitterMs: 0 } };
      },
      'a failure closes the gate only if it concerns the whole key, and never for less than told',
    ],
    [
      'opens the gate a tenth too early',
      (facts, rules) => {
        const decision = decide(facts, rules);
        if (decision.action === 'succeed' || decision.closes === undefined) return decision;
        return { ...decision, closes: { ...decision.closes, ms: decision.closes.ms * 0.9 } };
      },
      'a failure closes the gate only if it concerns the whole key, and never for less than told',
    ],
    [
      'repeats aborted calls',
      repeating('aborted'),
      'an aborted call is not repeated, and neither is a body that is gone',
    ],
    [
      'sends bodies that are gone',
      repeating('not-replayable'),
      'an aborted call is not repeated, and neither is a body that is gone',
    ],
    [
      'draws its own numbers',
      (facts, rules) => decide({ ...facts, random: (draws++ % 7) / 7 }, rules),
      'the same facts give the same decision',
    ],
    [
      'never repeats',
      givingUp,
      'a GET that fails for now is repeated while there are retries and time',
    ],
    [
      'never repeats',
      givingUp,
      'a POST that was refused for now is repeated while there are retries and time',
    ],
    [
      'never repeats a POST',
      (facts, rules) => (facts.method === 'POST' ? givingUp(facts, rules) : decide(facts, rules)),
      'a POST that was refused for now is repeated while there are retries and time',
    ],
  ];

  test.each(WRONG)('one that %s', (_, engine, name) => {
    // Always the same draws, so that this test is as sure tomorrow.
    expect(run(name, engine, { seed: 1 }).failed).toBe(true);
  });

  test('there is one for every property', () => {
    expect(new Set(WRONG.map(([, , name]) => name))).toEqual(new Set(Object.keys(PROPERTIES)));
  });
});
