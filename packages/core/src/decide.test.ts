import { describe, expect, test } from 'vitest';
import { type Decision, decide, isIdempotent, type Retry, type Rules } from './decide.js';
import type { Facts, HeaderSource } from './facts.js';
import { genericProfile } from './generic-profile.js';
import type { ProfileRule, ProviderProfile } from './profile.js';
import { STOP_REASONS, type StopReason } from './stop-reason.js';

/** What a decision comes to: `succeed`, `retry`, or the reason why not. */
function ask(facts: Facts, rules?: Rules): 'succeed' | 'retry' | StopReason {
  const decision = decide(facts, rules);
  return decision.action === 'give-up' ? decision.reason : decision.action;
}

function retryOf(facts: Facts, rules?: Rules): Retry {
  const decision = decide(facts, rules);
  if (decision.action !== 'retry') throw new Error(`no retry: ${JSON.stringify(decision)}`);
  return decision;
}

function profile(...rules: ProfileRule[]): ProviderProfile {
  return { ...genericProfile, name: 'Test', rules };
}

const honouring: ProviderProfile = {
  ...genericProfile,
  idempotencyKeys: { methods: ['POST'], keptMs: 86_400_000 },
};
const full: ProviderProfile = {
  ...genericProfile,
  limits: [
    { name: 'requests', unit: 'requests', shape: 'full', headers: 'x-ratelimit-*-requests' },
  ],
};
const connectError = Object.assign(new Error('refused'), {
  code: 'ECONNREFUSED',
  syscall: 'connect',
});
const resetError = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });
const tooLong = { 'retry-after': '3000000' };

describe('what is no failure', () => {
  test.each<[string, Facts]>([
    ['an answer below 400', { status: 200 }],
    ['a redirect that was not followed', { status: 302 }],
    ['a status of an attempt that was aborted after it', { status: 200, aborted: true }],
    ['nothing at all, as a plain operation gives it', {}],
  ])('%s succeeds', (_, facts) => {
    expect(decide(facts)).toEqual({ action: 'succeed' });
  });

  test.each<[string, Facts]>([
    ['an error beside a good status', { status: 200, error: resetError }],
    ['a limit of ours that ran out', { timedOut: true }],
    ['an abort before any answer', { aborted: true }],
    ['a status of 400', { status: 400 }],
  ])('%s is a failure', (_, facts) => {
    expect(decide(facts).action).not.toBe('succeed');
  });
});

describe('statuses', () => {
  type Answer = 'permanent' | 'quota-exhausted' | 'refused' | 'unproven' | 'by-retry-after';

  const not = (...statuses: number[]) => new Set(statuses);
  const range = (from: number, to: number, without = not()) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
      (status) => !without.has(status),
    );

  /** `by-retry-after` is refused with one, and without one what stands behind it. */
  const TABLE: [number, Answer, Answer?][] = [
    ...range(400, 431, not(402, 408, 413, 421, 424, 425, 429)).map((status): [number, Answer] => [
      status,
      'permanent',
    ]),
    [402, 'quota-exhausted'],
    [408, 'unproven'],
    [413, 'by-retry-after', 'permanent'],
    [421, 'refused'],
    [424, 'unproven'],
    [425, 'refused'],
    [429, 'refused'],
    [451, 'permanent'],
    ...[501, 505, 506, 508, 510, 511].map((status): [number, Answer] => [status, 'permanent']),
    ...[500, 502, 504, 507, 509].map((status): [number, Answer] => [status, 'unproven']),
    [503, 'by-retry-after', 'unproven'],
    ...range(520, 530, not(529)).map((status): [number, Answer] => [status, 'unproven']),
    [529, 'by-retry-after', 'unproven'],
  ];

  const CASES = ['GET', 'PUT', 'POST'].flatMap((method) =>
    [undefined, '2'].flatMap((retryAfter) =>
      [false, true].map((repeatable) => ({ method, retryAfter, repeatable })),
    ),
  );

  test('the table holds every status from 400 to 431, 451, 500 to 511 and 520 to 530', () => {
    const statuses = [...range(400, 431), 451, ...range(500, 511), ...range(520, 530)];
    expect(TABLE.map(([status]) => status).sort()).toEqual(statuses);
  });

  test.each(TABLE)('%i is %s for every method, hint and consent', (status, answer, otherwise) => {
    for (const { method, retryAfter, repeatable } of CASES) {
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const told = retryAfter === undefined ? (otherwise ?? answer) : 'refused';
      const meant = answer === 'by-retry-after' ? told : answer;
      const free = method !== 'POST' || repeatable;
      const expected =
        meant === 'refused' || (meant === 'unproven' && free)
          ? 'retry'
          : meant === 'unproven'
            ? 'may-have-been-done'
            : meant;
      const got = ask({ status, method, headers, repeatable });
      expect(got, `${method} ${retryAfter} ${repeatable}`).toBe(expected);
    }
  });

  test('a status that no table knows is the request’s fault below 500, the server’s from there on', () => {
    expect(ask({ status: 498, method: 'GET' })).toBe('permanent');
    expect(ask({ status: 599, method: 'GET' })).toBe('retry');
    expect(ask({ status: 599, method: 'POST' })).toBe('may-have-been-done');
    expect(ask({ status: 700, method: 'POST' })).toBe('may-have-been-done');
  });
});

describe('reasons', () => {
  const emptyWallet = '{"error":{"message":"m","code":"insufficient_quota"}}';
  const CASES: [StopReason, Facts, Rules?][] = [
    ['aborted', { aborted: true }],
    ['aborted', { status: 500, method: 'GET', aborted: true }],
    ['aborted', { error: new DOMException('mine', 'AbortError'), method: 'GET' }],
    ['forbidden-by-server', { status: 429, headers: { 'x-should-retry': 'false' } }],
    ['forbidden-by-server', { status: 503, headers: { 'grpc-retry-pushback-ms': '-1' } }],
    ['quota-exhausted', { status: 402, method: 'GET' }],
    ['quota-exhausted', { status: 429, method: 'GET', body: emptyWallet }],
    ['permanent', { status: 400, method: 'GET' }],
    ['permanent', { error: new TypeError('x is not a function'), method: 'GET' }],
    ['may-have-been-done', { status: 500, method: 'POST' }],
    ['may-have-been-done', { error: resetError, method: 'POST' }],
    ['may-have-been-done', { timedOut: true, method: 'PATCH' }],
    ['may-have-been-done', { status: 500 }],
    ['done', { status: 200, error: resetError, method: 'POST' }],
    ['done', { status: 200, timedOut: true, method: 'POST' }],
    ['not-replayable', { status: 429, replayable: false }],
    ['max-retries', { status: 429, attempt: 4 }],
    ['max-retries', { status: 429 }, { maxRetries: 0 }],
    ['max-retries', { status: 429, headers: { 'retry-after': '1' } }, { maxRetries: 0 }],
    ['max-retries', { status: 500, method: 'GET', attempt: 5, scheduledRetries: 1 }],
    ['still-refused', { status: 429, headers: { 'retry-after': '1' }, scheduledRetries: 10 }],
    ['retry-budget', { status: 500, method: 'GET', retriesAllowed: 0.9 }],
    ['retry-budget', { status: 503, headers: { 'retry-after': '1' }, retriesAllowed: 0 }],
    ['retry-after-too-long', { status: 429, headers: { 'retry-after': '61' } }],
    ['past-deadline', { status: 429, headers: { 'retry-after': '5' } }, { deadlineMs: 5000 }],
    ['past-deadline', { status: 429, elapsedMs: 1000 }, { deadlineMs: 1000 }],
  ];

  test.each(CASES)('%s is given for %j with %j', (reason, facts, rules) => {
    const decision = decide(facts, rules);
    const { question } = STOP_REASONS[reason];
    expect(decision).toMatchObject({ action: 'give-up', reason, question });
  });

  test('every reason is among them', () => {
    // These are given where nothing is decided: in a gate or a queue, for a repetition, and for a function of the
    // user that throws.
    const others: readonly StopReason[] = [
      'max-hold',
      'repetition',
      'policy-threw',
      'queue-full',
      'never-fits',
    ];
    const given = [...CASES.map(([reason]) => reason), ...others];
    expect(new Set(given)).toEqual(new Set(Object.keys(STOP_REASONS)));
  });

  test.each<[string, Facts]>([
    ['a told rate limit after more attempts than maxRetries', { status: 429, attempt: 9 }],
    ['an announced overload after more attempts', { status: 503, attempt: 9 }],
  ])('%s does not count against maxRetries, for the server scheduled it', (_, facts) => {
    const told = { ...facts, headers: { 'retry-after': '1' }, scheduledRetries: 8 };
    expect(retryOf(told)).toMatchObject({ scheduled: true, closes: { ms: 1000 } });
  });

  test.each([
    { 'retry-after-ms': '1' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1ms' },
  ])('a told wait too short to be a schedule counts against maxRetries: %j', (headers) => {
    const told = { status: 429, headers };
    expect(retryOf(told)).toMatchObject({ told: { ms: 1 }, scheduled: false });
    expect(decide({ ...told, attempt: 4 })).toMatchObject({ reason: 'max-retries' });
  });

  test('more scheduled retries than ten are made where maxRetries allows more', () => {
    const told = { status: 429, headers: { 'retry-after': '1' }, scheduledRetries: 10 };
    expect(ask(told, { maxRetries: 11 })).toBe('retry');
  });

  test.each<[string, Facts]>([
    ['a rate limit', { status: 429 }],
    ['what was never sent', { error: connectError }],
  ])('%s does not need the retry budget', (_, facts) => {
    expect(retryOf({ ...facts, retriesAllowed: 0 })).toMatchObject({ paysBudget: false });
  });

  test('whether it would help is asked first, then whether it is safe, whether we may, and when', () => {
    const steps: [StopReason | 'retry', Facts, Rules][] = [
      ['aborted', { aborted: true }, {}],
      [
        'forbidden-by-server',
        { aborted: false, headers: { ...tooLong, 'x-should-retry': 'false' } },
        {},
      ],
      ['quota-exhausted', { headers: tooLong }, {}],
      ['permanent', { status: 501 }, {}],
      ['may-have-been-done', { status: 500 }, {}],
      ['not-replayable', { repeatable: true }, {}],
      ['max-retries', { replayable: true }, {}],
      ['retry-after-too-long', { attempt: 1 }, {}],
      ['past-deadline', {}, { maxRetryAfterMs: 1e12 }],
      ['retry', {}, { deadlineMs: 1e12 }],
    ];
    // Everything is wrong with it at first; each step puts one thing right.
    let facts: Facts = { method: 'POST', status: 402, attempt: 9, replayable: false };
    let rules: Rules = { deadlineMs: 1000 };
    for (const [expected, right, rule] of steps) {
      facts = { ...facts, ...right };
      rules = { ...rules, ...rule };
      expect(ask(facts, rules)).toBe(expected);
    }
  });
});

describe('safety', () => {
  test.each([
    ['GET', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['TRACE', true],
    ['PUT', true],
    ['DELETE', true],
    ['get', true],
    ['POST', false],
    ['PATCH', false],
    ['CONNECT', false],
    ['QUERY', false],
    ['GETS', false],
    ['', false],
    [undefined, false],
  ])('%s is idempotent: %s', (method, idempotent) => {
    expect(isIdempotent(method)).toBe(idempotent);
  });

  test.each<[string, Facts]>([
    ['no connection was made', { error: connectError }],
    ['the wire proves that nothing was sent', { error: resetError, sent: 'no' }],
    ['a limit of ours ran out before anything was sent', { timedOut: true, sent: 'no' }],
    ['the server refused the stream', { error: new Error('NGHTTP2_REFUSED_STREAM'), sent: 'yes' }],
    ['a rate limit refused it', { status: 429 }],
  ])('a POST is repeated when %s', (_, facts) => {
    expect(ask({ ...facts, method: 'POST' })).toBe('retry');
  });

  test('what the wire saw outranks an error that says it never connected', () => {
    expect(ask({ method: 'POST', error: connectError, sent: 'yes' })).toBe('may-have-been-done');
  });

  test('the consent of a call goes before the one of its policy', () => {
    const facts = { method: 'POST', status: 500 };
    expect(ask(facts, { repeatable: true })).toBe('retry');
    expect(ask({ ...facts, repeatable: false }, { repeatable: true })).toBe('may-have-been-done');
    expect(ask({ ...facts, repeatable: true }, { repeatable: false })).toBe('retry');
  });

  test('a key protects only where the provider honours it, and only when it is there', () => {
    const facts = { method: 'POST', status: 500 };
    const keyed = { ...facts, hasIdempotencyKey: true };
    expect(ask(keyed)).toBe('may-have-been-done');
    expect(ask(keyed, { provider: honouring })).toBe('retry');
    expect(ask(facts, { provider: honouring })).toBe('may-have-been-done');
  });
});

describe('x-should-retry', () => {
  const advised = (advice: string, facts: Facts, rules?: Rules) =>
    ask({ ...facts, headers: { 'x-should-retry': advice } }, rules);

  test.each<[string, Facts]>([
    ['a rate limit', { status: 429 }],
    ['a GET that failed with 500', { status: 500, method: 'GET' }],
    ['a call that may be repeated', { status: 503, repeatable: true }],
  ])('false stops %s', (_, facts) => {
    expect(advised('false', facts)).toBe('forbidden-by-server');
    expect(advised(' FALSE ', facts)).toBe('forbidden-by-server');
  });

  test.each([400, 401, 403, 404, 409, 422])(
    'true repeats a %i, which was not processed',
    (status) => {
      expect(advised('true', { status, method: 'POST' })).toBe('retry');
      expect(advised('True', { status, method: 'POST' })).toBe('retry');
    },
  );

  test.each<[StopReason, string, Facts, Rules?]>([
    ['may-have-been-done', 'a POST that may have been done', { status: 500, method: 'POST' }],
    ['may-have-been-done', 'a POST with a 408', { status: 408, method: 'POST' }],
    ['permanent', 'what is not supported, and may have been done', { status: 501, method: 'POST' }],
    ['quota-exhausted', 'an empty wallet', { status: 402, method: 'GET' }],
    ['permanent', 'what never fits', { status: 413, method: 'GET' }],
    [
      'permanent',
      'what never fits, says a profile',
      { status: 429 },
      { provider: profile({ status: 429, kind: 'never-fits', because: 'x' }) },
    ],
    ['not-replayable', 'a body that is gone', { status: 409, replayable: false }],
    ['max-retries', 'a call without retries left', { status: 409, attempt: 4 }],
    ['aborted', 'an aborted call', { status: 409, aborted: true }],
  ])('true does not override %s: %s', (reason, _, facts, rules) => {
    expect(advised('true', facts, rules)).toBe(reason);
  });

  test.each(['', '1', 'yes', 'no', 'false, true'])('%j is no advice', (advice) => {
    expect(advised(advice, { status: 429 })).toBe('retry');
    expect(advised(advice, { status: 409 })).toBe('permanent');
  });
});

describe('told waits', () => {
  const waitOf = (headers: HeaderSource, random: number, rules?: Rules) =>
    retryOf({ status: 429, headers, random }, rules);

  test.each([
    ['1', 1000, 1000, 1100],
    ['7', 7000, 7000, 7700],
    ['10', 10_000, 10_000, 11_000],
    ['60', 60_000, 60_000, 61_000],
    ['0.5', 500, 500, 550],
  ])(
    'Retry-After: %s is waited for %i ms, jitter only added, at most a tenth and a second',
    (value, ms, least, most) => {
      const headers = { 'retry-after': value };
      const at = (random: number) => waitOf(headers, random);
      expect(at(0)).toMatchObject({ waitMs: least, told: { ms, by: 'retry-after' } });
      expect(at(0.5).waitMs).toBeCloseTo((least + most) / 2, 6);
      expect(at(1).waitMs).toBeCloseTo(most, 6);
    },
  );

  test('a told wait replaces every backoff', () => {
    const headers = { 'retry-after': '2' };
    for (const backoff of [
      { initialMs: 9000 },
      () => 9000,
      { type: 'constant', delayMs: 1 },
    ] as const) {
      expect(waitOf(headers, 0, { backoff }).waitMs).toBe(2000);
    }
  });

  test.each(['soon', '-5', '1e9', '0x10', '5s', ''])(
    'Retry-After: %j makes no sense: it is noted, and the wait is backoff',
    (value) => {
      const got = waitOf({ 'retry-after': value }, 0.5);
      expect(got.told).toBeUndefined();
      expect(got.waitMs).toBe(1500);
      expect(got.notes).toEqual([`malformed and ignored: retry-after: ${value}`]);
    },
  );

  test('a malformed Retry-After does not make a 503 a refusal', () => {
    const headers = { 'retry-after': 'soon' };
    expect(ask({ status: 503, method: 'POST', headers })).toBe('may-have-been-done');
  });

  test.each(['0', 'Sun, 06 Nov 1994 08:49:37 GMT'])(
    'Retry-After: %s names no time to wait, so the wait is backoff without a note',
    (value) => {
      const facts = { status: 429, headers: { 'retry-after': value }, nowMs: 1e12, random: 0 };
      expect(retryOf(facts)).toMatchObject({ waitMs: 1000, notes: [] });
      expect(retryOf(facts).told).toBeUndefined();
    },
  );

  test('Retry-After: 0 still vouches that a 503 was refused', () => {
    expect(ask({ status: 503, method: 'POST', headers: { 'retry-after': '0' } })).toBe('retry');
  });

  test('a wait that is too long stops the call and says when to come back', () => {
    expect(decide({ status: 429, headers: tooLong, nowMs: 5000 })).toMatchObject({
      reason: 'retry-after-too-long',
      told: { ms: 3e9, by: 'retry-after' },
      retryAt: 3e9 + 5000,
    });
  });

  test('a wait of exactly maxRetryAfterMs is waited out, though its jitter is longer', () => {
    const facts = { status: 429, headers: { 'retry-after': '30' }, random: 1 };
    expect(retryOf(facts, { maxRetryAfterMs: 30_000 }).waitMs).toBe(31_000);
    expect(ask(facts, { maxRetryAfterMs: 29_999 })).toBe('retry-after-too-long');
    expect(ask(facts, { maxRetryAfterMs: 0 })).toBe('retry-after-too-long');
  });

  test('a date is measured against the date of the answer', () => {
    const headers = {
      date: 'Mon, 23 Nov 2026 00:00:00 GMT',
      'retry-after': 'Mon, 23 Nov 2026 00:00:09 GMT',
    };
    expect(waitOf(headers, 0)).toMatchObject({ waitMs: 9000, told: { ms: 9000 } });
  });

  test('any reason to stop carries the time that the server named', () => {
    const facts = { status: 500, headers: { 'retry-after': '9' }, nowMs: 1000, method: 'POST' };
    expect(decide(facts)).toMatchObject({ reason: 'may-have-been-done', retryAt: 10_000 });
  });
});

test.each<[string, Facts]>([
  ['a bad request', { status: 400 }],
  ['an empty wallet', { status: 402 }],
  ['an aborted call', { status: 429, aborted: true }],
])('%s has no time at which it may succeed, whatever the answer says', (_, facts) => {
  const decision = decide({ ...facts, headers: { 'retry-after': '9' }, nowMs: 1000 });
  expect(decision).toMatchObject({ action: 'give-up', told: { ms: 9000 } });
  expect(decision).not.toHaveProperty('retryAt');
});

describe('resets', () => {
  const bucket = (name: string, remaining: number, reset: string, limit = 60) => ({
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(remaining),
    [`x-ratelimit-reset-${name}`]: reset,
  });
  const told = (headers: HeaderSource, rules?: Rules) =>
    retryOf({ status: 429, headers, random: 0 }, rules).told;

  test('a bucket that is empty tells its reset', () => {
    expect(told(bucket('requests', 0, '12s'))).toEqual({
      ms: 12_000,
      by: 'x-ratelimit-reset-requests',
    });
  });

  test('a bucket that is not empty, or does not say so, tells nothing', () => {
    expect(told(bucket('requests', 1, '12s'))).toBeUndefined();
    expect(told({ 'x-ratelimit-reset-requests': '12s' })).toBeUndefined();
  });

  test('a wait is found in the body, and in the headers that it repeats, where headers tell none', () => {
    const at = (body: object, headers = {}) =>
      retryOf({ status: 429, headers, body: JSON.stringify(body), nowMs: 1_795_392_000_000 }).told;
    expect(at({ error: { message: 'try again in 7.66s' } })).toEqual({
      ms: 7660,
      by: 'its message',
    });
    expect(at({ retry_after: 9 }, bucket('requests', 0, '5s'))).toEqual({
      ms: 9000,
      by: 'its body',
    });
    expect(at({ retry_after: 9 }, { 'retry-after': '2' })).toEqual({ ms: 2000, by: 'retry-after' });
    const repeated = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1795392030000' };
    const told = { ms: 30_000, by: 'x-ratelimit-reset' };
    expect(at({ error: { metadata: { headers: repeated } } })).toEqual(told);
    const serverDate = { date: 'Mon, 23 Nov 2026 00:00:10 GMT' };
    expect(at({ error: { metadata: { headers: repeated } } }, serverDate)).toEqual({
      ...told,
      ms: 20_000,
    });
  });

  test('of several empty buckets the longest holds, whatever the full ones say', () => {
    const headers = {
      ...bucket('requests', 0, '12s'),
      ...bucket('tokens', 0, '17s'),
      ...bucket('images', 3, '40s'),
    };
    expect(told(headers)).toEqual({ ms: 17_000, by: 'x-ratelimit-reset-tokens' });
  });

  test('where a reset means full again, one slot is free after the reset divided by the limit', () => {
    expect(told(bucket('requests', 0, '60s'), { provider: full })).toEqual({
      ms: 1000,
      by: 'x-ratelimit-reset-requests',
      atLeast: true,
    });
    const headers = bucket('requests', 0, '60s');
    delete (headers as Record<string, string>)['x-ratelimit-limit-requests'];
    expect(told(headers, { provider: full })).toMatchObject({ ms: 60_000, atLeast: true });
  });

  test('such a least wait never makes the backoff shorter, nor the backoff it', () => {
    const wait = (reset: string, random: number) =>
      retryOf(
        { status: 429, headers: bucket('requests', 0, reset), random },
        { provider: full, backoff: { type: 'constant', delayMs: 3000, jitter: 'none' } },
      ).waitMs;
    expect(wait('60s', 0)).toBe(3000);
    expect(wait('60s', 1)).toBe(3000);
    expect(wait('600s', 0)).toBe(10_000);
    expect(wait('600s', 1)).toBe(11_000);
  });

  test('a short Retry-After goes before a long reset, and a Retry-After of 0 too', () => {
    const long = bucket('requests', 0, '24h');
    expect(told({ ...long, 'retry-after': '2' })).toEqual({ ms: 2000, by: 'retry-after' });
    expect(told({ ...long, 'retry-after': '0' })).toBeUndefined();
  });

  test('a long reset alone stops the call, and a malformed Retry-After beside it is noted', () => {
    const headers = { ...bucket('requests', 0, '24h'), 'retry-after': 'soon' };
    expect(decide({ status: 429, headers })).toMatchObject({
      reason: 'retry-after-too-long',
      retryAt: 86_400_000,
      notes: ['malformed and ignored: retry-after: soon'],
    });
  });
});

describe('deadlines', () => {
  const facts: Facts = { status: 429, headers: { 'retry-after': '10' }, elapsedMs: 5000 };

  test('a told wait must end before the deadline, judged without its jitter', () => {
    expect(ask(facts, { deadlineMs: 15_000 })).toBe('past-deadline');
    expect(ask({ ...facts, random: 1 }, { deadlineMs: 15_001 })).toBe('retry');
    expect(ask(facts, { deadlineMs: 14_999 })).toBe('past-deadline');
  });

  test('jitter takes at most half of the time that is left', () => {
    const wait = (deadlineMs: number) => retryOf({ ...facts, random: 1 }, { deadlineMs }).waitMs;
    expect(wait(15_100)).toBe(10_050);
    expect(wait(16_000)).toBe(10_500);
    expect(wait(17_000)).toBe(11_000);
  });

  test('full jitter is all jitter, so any time that is left will do', () => {
    const failed: Facts = { status: 500, method: 'GET', random: 1 };
    expect(retryOf(failed, { deadlineMs: 10 }).waitMs).toBe(5);
    expect(ask({ ...failed, elapsedMs: 10 }, { deadlineMs: 10 })).toBe('past-deadline');
  });

  test('an attempt that ended after the deadline has none', () => {
    expect(ask({ ...facts, elapsedMs: 99_999 }, { deadlineMs: 20_000 })).toBe('past-deadline');
  });

  test('without a deadline nobody is in a hurry', () => {
    expect(ask({ ...facts, elapsedMs: 1e15 })).toBe('retry');
    expect(ask({ ...facts, elapsedMs: 1e15 }, { deadlineMs: undefined })).toBe('retry');
  });
});

describe('what closes the gate of a key', () => {
  const after = (seconds: number) => ({ 'retry-after': String(seconds) });
  const closes = (facts: Facts, rules?: Rules) => {
    const decision = decide({ random: 0.5, ...facts }, rules);
    return decision.action === 'succeed' ? undefined : decision.closes;
  };
  const wallet = profile({ status: 402, kind: 'quota-exhausted', because: 'x' });

  test.each<[string, Facts, Rules, number]>([
    ['a told rate limit, for as long as told', { status: 429, headers: after(7) }, {}, 7000],
    ['an announced 503', { status: 503, headers: after(7) }, {}, 7000],
    ['an announced 529', { status: 529, headers: after(7) }, {}, 7000],
    ['a rate limit without a hint, for its backoff', { status: 429 }, {}, 1000],
    ['one that is not repeated', { status: 429, headers: after(7) }, { maxRetries: 0 }, 7000],
    ['one without a hint that is not repeated', { status: 429 }, { maxRetries: 0 }, 1000],
    ['one that is told too long', { status: 429, headers: after(3600) }, {}, 3_600_000],
    ['an empty wallet, for good', { status: 402 }, { provider: wallet }, Number.POSITIVE_INFINITY],
  ])('%s', (_, facts, rules, ms) => {
    expect(closes(facts, rules)?.ms).toBe(ms);
  });

  test('a known code of an empty wallet closes it also at an unknown API', () => {
    const body = '{"error":{"message":"m","code":"insufficient_quota"}}';
    expect(closes({ status: 429, body })).toMatchObject({ ms: Number.POSITIVE_INFINITY });
  });

  test.each<[string, Facts]>([
    ['a bare 402 of an unknown API', { status: 402 }],
    ['a bad request', { status: 400 }],
    ['a bad key', { status: 401 }],
    ['a 503 that names no time', { status: 503 }],
    ['a 500 that names one', { status: 500, headers: after(7) }],
    ['a broken connection', { error: resetError }],
  ])('%s concerns its own call alone', (_, facts) => {
    expect(closes(facts)).toBeUndefined();
  });

  test('a told wait is jittered by a tenth, at most by a second', () => {
    expect(closes({ status: 429, headers: after(4) })).toEqual({ ms: 4000, jitterMs: 200 });
    expect(closes({ status: 429, headers: after(50) })).toEqual({ ms: 50_000, jitterMs: 500 });
  });
});

describe('attempts', () => {
  test.each([0, 1, 3, 10])(
    'maxRetries: %i allows that many attempts after the first',
    (maxRetries) => {
      const at = (attempt: number) => ask({ status: 429, attempt }, { maxRetries });
      expect(at(maxRetries + 1)).toBe('max-retries');
      if (maxRetries > 0) expect(at(maxRetries)).toBe('retry');
    },
  );

  test('the default is three', () => {
    expect(ask({ status: 429, attempt: 3 })).toBe('retry');
    expect(ask({ status: 429, attempt: 4 })).toBe('max-retries');
  });
});

describe('what never left waits longer by default', () => {
  test.each([
    ['no connection', { error: connectError }, 250, 500],
    ['a reset', { error: resetError }, 0, 500],
    ['a server fault', { status: 500 }, 0, 500],
    ['a rate limit', { status: 429 }, 1000, 2000],
  ])('%s', (_, facts, least, most) => {
    const at = (random: number) => retryOf({ ...facts, method: 'GET', random }).waitMs;
    expect([at(0), at(1)]).toEqual([least, most]);
  });
});

describe('facts that no adapter should give', () => {
  const thrower = () => {
    throw new Error('hostile');
  };
  const circular = Object.assign(new Error('circular'), { cause: undefined as unknown });
  circular.cause = circular;
  const nested = Object.assign(new Error('nested'), { errors: [] as unknown[] });
  nested.errors.push(nested, nested);
  const proxy = new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  const NUMBERS = [Number.NaN, Infinity, -Infinity, -1, 1e308, -1e308, '5', '', null, true, {}, []];
  const OBJECTS = [null, 5, 'text', Symbol('s'), [], new Map(), circular, nested, proxy, revoked];
  const HOSTILE: Record<string, unknown[]> = {
    status: NUMBERS,
    attempt: NUMBERS,
    elapsedMs: NUMBERS,
    nowMs: NUMBERS,
    random: NUMBERS,
    previousWaitMs: NUMBERS.filter((each) => each !== 1e308),
    method: [null, 5, {}, ['GET'], 'G\u0000T', 'x'.repeat(1e5)],
    headers: [
      ...OBJECTS,
      { get: thrower },
      { get: () => ({}) },
      { get: () => '9'.repeat(1e4), keys: thrower },
      Object.defineProperty({}, 'retry-after', { get: thrower, enumerable: true }),
    ],
    body: [...OBJECTS, '{', '\u0000', '[['.repeat(1e4)],
    error: [...OBJECTS, Object.defineProperty(new Error('x'), 'code', { get: thrower })],
    sent: NUMBERS,
    timedOut: NUMBERS,
    replayable: NUMBERS,
    repeatable: NUMBERS,
    hasIdempotencyKey: NUMBERS,
  };
  const BASES: Facts[] = [
    { status: 429, method: 'POST', headers: { 'retry-after': '3' } },
    { status: 503, method: 'GET' },
    { error: connectError, method: 'POST' },
  ];

  function expectSane(decision: Decision): void {
    expect(['succeed', 'retry', 'give-up']).toContain(decision.action);
    if (decision.action !== 'retry') return;
    expect(Number.isFinite(decision.waitMs) && decision.waitMs >= 0).toBe(true);
    expect(decision.waitMs).toBeGreaterThanOrEqual(decision.told?.ms ?? 0);
  }

  test.each(Object.keys(HOSTILE))('any %s gives a decision with a sane wait', (field) => {
    const rules: Rules[] = [{}, { deadlineMs: 1e6, backoff: { jitter: 'decorrelated' } }];
    for (const value of HOSTILE[field] ?? []) {
      for (const base of BASES) {
        for (const rule of rules) expectSane(decide({ ...base, [field]: value } as Facts, rule));
      }
    }
  });

  test('an unsafe POST is not repeated because a field is no number', () => {
    for (const field of ['attempt', 'elapsedMs', 'nowMs', 'random', 'previousWaitMs']) {
      for (const value of NUMBERS) {
        const facts = { status: 500, method: 'POST', [field]: value } as Facts;
        expect(ask(facts), `${field} ${String(value)}`).toBe('may-have-been-done');
      }
    }
  });
});

test('a body can ask not to be retried', () => {
  const body = JSON.stringify({ error: { message: 'm', availability: { retryable: false } } });
  expect(ask({ status: 429, body })).toBe('forbidden-by-server');
  expect(ask({ status: 429, body: body.replace('false', 'true') })).toBe('retry');
});
