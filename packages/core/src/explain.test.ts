import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { execute } from './execute.js';
import { explain } from './explain.js';
import type { Failure } from './failure.js';
import { definePolicy } from './policy.js';
import { STOP_REASONS, type StopReason } from './stop-reason.js';
import type { AttemptTrace, Trace } from './trace.js';

const RETRY_AT = Date.UTC(2026, 10, 23, 12, 0, 0);

function failure(given: Partial<Failure> = {}): Failure {
  return {
    kind: 'server-error',
    effect: 'unknown',
    evidence: 'unproven',
    transient: true,
    concerns: 'call',
    because: 'a 5xx may come after the work',
    ...given,
  };
}

function attempt(given: Partial<AttemptTrace> = {}): AttemptTrace {
  return { number: 1, durationMs: 100, ...given };
}

function traced(given: Partial<Trace> = {}): Trace {
  return {
    outcome: 'success',
    method: 'POST',
    provider: 'flex.ai',
    key: 'flex.ai #1',
    idempotencyKeyHonoured: false,
    holds: [],
    rebuilt: false,
    attempts: [attempt()],
    elapsedMs: 200,
    mayHaveBeenBilled: false,
    possibleBills: 1,
    notes: [],
    ...given,
  };
}

function stopped(reason: StopReason, failed: Partial<Failure>, rest: Partial<AttemptTrace> = {}) {
  const attempts = [attempt({ failure: failure(failed), ...rest })];
  return traced({ outcome: 'give-up', reason, attempts });
}

test('a call that succeeded at once', () => {
  expect(explain(traced())).toBe('1 attempt in 0.2 s. 1: succeeded.');
});

test('a call that was refused, waited as told, waited by backoff, and was stopped', () => {
  const attempts = [
    attempt({
      failure: failure({ kind: 'rate-limited', status: 429, code: 'rate_limit_exceeded' }),
      told: { ms: 1000, by: 'retry-after' },
      waitMs: 1040,
    }),
    attempt({ number: 2, failure: failure({ kind: 'overloaded', status: 503 }), waitMs: 700 }),
    attempt({ number: 3, failure: failure({ status: 500 }) }),
  ];
  expect(
    explain(
      traced({ outcome: 'give-up', attempts, elapsedMs: 4200, reason: 'may-have-been-done' }),
    ),
  ).toBe(
    '3 attempts in 4.2 s. ' +
      '1: 429 rate-limited (rate_limit_exceeded), waited 1.0 s because retry-after said 1.0 s. ' +
      '2: 503 overloaded, waited 0.7 s (backoff). ' +
      '3: 500 server-error, stopped: POST may have been processed and flex.ai honours no ' +
      'idempotency key; set repeatable: true to accept a double bill.',
  );
});

test('a least wait is told as one, and a code that only repeats the status is not told', () => {
  const limited = failure({ kind: 'rate-limited', status: 429, code: '429' });
  const told = { ms: 500, by: 'its reset', atLeast: true } as const;
  const attempts = [
    attempt({ failure: limited, told, waitMs: 1500 }),
    attempt({ number: 2, failure: failure({ kind: 'overloaded', status: 503, code: '0' }) }),
  ];
  expect(explain(traced({ outcome: 'give-up', attempts, reason: 'max-retries' }))).toMatch(
    /1: 429 rate-limited, waited 1\.5 s because its reset said at least 0\.5 s\. 2: 503 overloaded, stopped/,
  );
});

describe('why it stopped, and what can be done', () => {
  const told = { ms: 3e9, by: 'x-ratelimit-reset' };
  const CASES: Record<StopReason, [Trace, string]> = {
    permanent: [
      stopped('permanent', { kind: 'invalid', status: 400, because: 'the model is wrong' }),
      '400 invalid, stopped: the model is wrong; fix what the answer or the error names.',
    ],
    'quota-exhausted': [
      stopped('quota-exhausted', {
        kind: 'quota-exhausted',
        status: 402,
        code: 'insufficient_quota',
        because: "the key's credit is exhausted",
      }),
      "402 quota-exhausted (insufficient_quota), stopped: the key's credit is exhausted; " +
        'add funds or raise the limit, then call again.',
    ],
    'forbidden-by-server': [
      stopped('forbidden-by-server', { status: 503, kind: 'overloaded' }),
      '503 overloaded, stopped: the server asked not to be retried; ' +
        'call again only if you know why it said so.',
    ],
    aborted: [stopped('aborted', { kind: 'aborted' }), 'aborted. Stopped: it was aborted.'],
    'may-have-been-done': [
      stopped('may-have-been-done', { status: 500 }),
      '500 server-error, stopped: POST may have been processed and flex.ai honours no ' +
        'idempotency key; set repeatable: true to accept a double bill.',
    ],
    repetition: [
      traced({
        outcome: 'give-up',
        reason: 'repetition',
        refusal: failure({ status: 500 }),
        rebuilt: true,
      }),
      'succeeded. Stopped: the same call got 500 server-error before and may have been processed, so it was ' +
        'not sent again; let the layer above not retry (maxRetries: 0 there), or set repeatable: ' +
        'true to accept a double bill.',
    ],
    done: [
      stopped('done', { kind: 'network', status: 200 }),
      '200 network, stopped: the work was done before the answer broke; ' +
        'set repeatable: true to accept a double bill.',
    ],
    'not-replayable': [
      stopped('not-replayable', { kind: 'network', code: 'ECONNREFUSED' }),
      'network (ECONNREFUSED), stopped: its body can be sent only once; give the body as a ' +
        'string, bytes, Blob or FormData, or as a factory: forbear: { body: () => … }; for the ' +
        'body of a Request raise maxReplayBytes.',
    ],
    'max-retries': [
      stopped('max-retries', { kind: 'timeout' }),
      'timeout, stopped: no retries are left; raise maxRetries, or call again later.',
    ],
    'still-refused': [
      stopped('still-refused', { status: 429, kind: 'rate-limited' }),
      '429 rate-limited, stopped: it waited as often as the server said, and was refused again ' +
        'each time; send less at once, or call again later.',
    ],
    'retry-budget': [
      stopped('retry-budget', { status: 503, kind: 'overloaded' }),
      "503 overloaded, stopped: the retry budget of its key is spent: too many of the key's calls " +
        'are failing; call again when the server is well, or give a larger retryBudget.',
    ],
    'max-hold': [
      stopped('max-hold', { status: 429, kind: 'rate-limited' }),
      '429 rate-limited, stopped: its key is told to wait for longer than maxHoldMs lets a call ' +
        'be held; call again after retryAt, send less at once, or raise maxHoldMs.',
    ],
    'policy-threw': [
      stopped('policy-threw', { status: 500 }),
      '500 server-error. Stopped: a function that was given to Forbear threw; mend the function ' +
        'that you gave, such as a clock, a random source or rebuild.',
    ],
    'queue-full': [
      stopped('queue-full', { status: 500 }),
      '500 server-error. Stopped: the queue of its limiter is full; call again later, call with a ' +
        'higher priority, or raise maxQueued.',
    ],
    'never-fits': [
      stopped('never-fits', { status: 500 }),
      '500 server-error. Stopped: it takes more tokens than its limit ever holds; send less, or ' +
        'allow less output.',
    ],
    'past-deadline': [
      stopped('past-deadline', { status: 429, kind: 'rate-limited' }),
      '429 rate-limited, stopped: the deadline leaves no time for the wait; ' +
        'raise deadlineMs, or call again after retryAt.',
    ],
    'retry-after-too-long': [
      stopped('retry-after-too-long', { status: 429, kind: 'rate-limited' }, { told }),
      '429 rate-limited, stopped: x-ratelimit-reset said 3000000 s, longer than ' +
        'maxRetryAfterMs; call again after retryAt, or raise maxRetryAfterMs.',
    ],
  };

  test.each(Object.keys(STOP_REASONS) as StopReason[])('%s', (reason) => {
    const [trace, sentence] = CASES[reason];
    expect(explain(trace)).toBe(`1 attempt in 0.2 s. 1: ${sentence}`);
  });

  test('a key that would have been honoured is asked for', () => {
    const trace = stopped('may-have-been-done', { status: 500 });
    expect(explain({ ...trace, idempotencyKeyHonoured: true })).toContain(
      'POST may have been processed and carried no idempotency key; send one, or set repeatable: true',
    );
  });

  test('a call without a method is called it', () => {
    const { method: _, ...trace } = stopped('may-have-been-done', { status: 500 });
    expect(explain(trace)).toContain('stopped: it may have been processed and flex.ai honours');
  });

  test('an abort in a wait is told after the attempts that were made', () => {
    const attempts = [attempt({ failure: failure({ status: 503 }), waitMs: 30_000 })];
    expect(explain(traced({ outcome: 'give-up', reason: 'aborted', attempts }))).toBe(
      '1 attempt in 0.2 s. 1: 503 server-error, waited 30 s (backoff). Stopped: it was aborted.',
    );
  });
});

describe('what else there is to know', () => {
  test('when it may succeed', () => {
    const trace = { ...stopped('max-retries', { status: 429 }), retryAt: RETRY_AT };
    expect(explain(trace)).toMatch(/ It may succeed after 2026-11-23T12:00:00\.000Z\.$/);
  });

  test('how often it may have been billed, if more than once', () => {
    expect(explain(traced({ possibleBills: 3 }))).toMatch(/ It may have been billed 3 times\.$/);
    expect(explain(traced({ possibleBills: 1 }))).not.toContain('billed');
  });

  test('every note', () => {
    expect(explain(traced({ notes: ['first', 'second'] }))).toMatch(
      / Note: first\. Note: second\.$/,
    );
  });
});

test.each([
  [0, '0.0 s'],
  [40, '0.0 s'],
  [50, '0.1 s'],
  [999, '1.0 s'],
  [9940, '9.9 s'],
  [10_000, '10 s'],
  [90_400, '90 s'],
])('%i ms is told as %s', (elapsedMs, told) => {
  expect(explain(traced({ elapsedMs }))).toContain(`1 attempt in ${told}.`);
});

test('the trace of a real call reads as it went', async () => {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, random: () => 0.5 });
  let told = '';
  const answers = [
    { status: 429, headers: { 'retry-after': '2' } },
    { status: 503, headers: { 'retry-after': 'soon' } },
    { status: 200 },
  ];
  const call = execute(({ number }) => answers[number - 1], policy, {
    method: 'PUT',
    onSettled: (trace) => {
      told = explain(trace);
    },
  });
  await clock.run(call);
  expect(told).toBe(
    '3 attempts in 2.6 s. ' +
      '1: 429 rate-limited, waited 2.1 s because retry-after said 2.0 s. ' +
      '2: 503 overloaded, waited 0.5 s (backoff). ' +
      '3: succeeded. ' +
      'It may have been billed 2 times. ' +
      'Note: malformed and ignored: retry-after: soon.',
  );
});
