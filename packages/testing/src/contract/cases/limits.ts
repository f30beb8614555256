import assert from 'node:assert/strict';
import { assertReason, assertSent, assertStatus, type Called, traceIn } from '../called.js';
import { isTimeoutError } from '../error-kind.js';
import { fakeProfile } from '../fake-profile.js';
import { type Suite, sends } from '../runner.js';

const STALL = { kind: 'stall', what: 'headers' } as const;
const AT_ONCE = { type: 'constant', delayMs: 0 } as const;

/** The limits of a policy and of a call. */
export function describeLimits(suite: Suite): void {
  suite.describe('a time limit', () => describeTimeLimits(suite));
  suite.describe('of the policy and of a call', () => describeOptions(suite));
  suite.describe('an idempotency key', () => describeKeys(suite));
}

function describeTimeLimits({ adapter, test }: Suite): void {
  const { isTimeout = isTimeoutError } = adapter;
  const assertTimeout = ({ error }: Called) =>
    assert.ok(isTimeout(error), `the error of a time limit, not ${String(error)}`);

  test('of an attempt ends a POST whose headers do not come, which is not repeated', async (setUp) => {
    const { provider, call } = await setUp({ attemptTimeoutMs: 5000 });
    provider.fail(STALL);
    const called = await call();
    assertTimeout(called);
    assert.equal(called.tookMs, 5000);
    assert.equal(called.requests, 1);
    assertReason(called, 'may-have-been-done');
    assert.equal(traceIn(called).mayHaveBeenBilled, true);
  });

  if (sends(adapter, 'GET')) {
    test('of an attempt ends only that attempt of a GET', async (setUp) => {
      const { provider, call } = await setUp({ attemptTimeoutMs: 5000, backoff: AT_ONCE });
      provider.fail(STALL);
      const called = await call({ method: 'GET' });
      assertStatus(called, 200);
      assert.equal(called.requests, 2);
      assert.equal(called.tookMs, 5000);
    });

    test('of a call is for all its attempts together', async (setUp) => {
      const limits = { deadlineMs: 1500, attemptTimeoutMs: 900, backoff: AT_ONCE };
      const { provider, call } = await setUp(limits);
      provider.fail(STALL, { times: 5 });
      const called = await call({ method: 'GET' });
      assertTimeout(called);
      assert.equal(called.tookMs, 1500);
      assert.equal(traceIn(called).attempts.length, 2);
    });
  }

  for (const name of ['attemptTimeoutMs', 'deadlineMs']) {
    test(`${name} of a call goes before that of the policy, and holds for no other call`, async (setUp) => {
      const { provider, call } = await setUp({ attemptTimeoutMs: 60_000, deadlineMs: 90_000 });
      provider.fail(STALL, { times: 2 });
      const called = await call({ forbear: { [name]: 700 } });
      assertTimeout(called);
      assert.equal(called.tookMs, 700);
      assert.equal((await call()).tookMs, 60_000);
    });
  }
}

function describeOptions({ test }: Suite): void {
  for (const maxRetries of [0, 1, 5]) {
    test(`maxRetries: ${maxRetries} of a call goes before that of the policy`, async (setUp) => {
      const { provider, call } = await setUp({ maxRetries: 2 });
      provider.fail({ kind: 'status', status: 503 }, { times: 9 });
      assert.equal((await call({ forbear: { maxRetries } })).requests, maxRetries + 1);
    });
  }

  test('maxRetries of a call holds for no other', async (setUp) => {
    const { provider, call } = await setUp({ maxRetries: 2 });
    provider.fail({ kind: 'status', status: 503 }, { times: 9 });
    await call({ forbear: { maxRetries: 0 } });
    assert.equal((await call()).requests, 3);
  });

  test('repeatable of the policy is accepted for all calls, and a call may take it back', async (setUp) => {
    const { provider, call } = await setUp({ repeatable: true });
    const fault = { kind: 'status', status: 500, work: 'before' } as const;
    provider.fail(fault);
    assertSent(await call(), 2, 2);
    provider.fail(fault);
    assertSent(await call({ forbear: { repeatable: false } }), 1, 1);
  });
}

function describeKeys({ test }: Suite): void {
  const key = { 'Idempotency-Key': 'k-1' };
  const honouring = {
    ...fakeProfile,
    idempotencyKeys: { methods: ['POST'], keptMs: 24 * 60 * 60_000 },
  };
  for (const [title, provider, headers, requests] of [
    ['that is honoured makes a POST repeatable', honouring, key, 2],
    ['that is ignored protects nobody', fakeProfile, key, 1],
    ['that is missing is made where it is honoured', honouring, {}, 2],
    ['that is missing is not made where none is honoured', fakeProfile, {}, 1],
  ] as const) {
    test(title, async (setUp) => {
      const rig = await setUp({ provider });
      rig.provider.fail({ kind: 'status', status: 500, work: 'before' });
      const called = await rig.call({ headers });
      assert.equal(called.requests, requests);
      assert.equal(traceIn(called).possibleBills, 1);
    });
  }
}
