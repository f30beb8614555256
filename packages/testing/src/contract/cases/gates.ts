import assert from 'node:assert/strict';
import { sleep } from '@forbear/core';
import { assertBetween, assertStatus, traceIn } from '../called.js';
import type { GivenCall } from '../given-call.js';
import type { Rig } from '../rig.js';
import { type Suite, sends } from '../runner.js';

const TOLD = { kind: 'status', status: 429, headers: { 'retry-after': '10' } } as const;
const OTHER_KEY = { headers: { authorization: 'Bearer sk-other' } };

/** A call is told to wait for 10 s, and another one is made as soon as it knows. */
async function meet({ provider, call, nextWait }: Rig, other: GivenCall) {
  provider.fail(TOLD);
  const waiting = nextWait();
  const told = call();
  await waiting;
  const called = await call(other);
  assertStatus(called, 200);
  assertStatus(await told, 200);
  return called;
}

/** What is news for one call is news for all calls of its key. */
export function describeGates(suite: Suite): void {
  const { adapter, describe, test } = suite;

  const held: readonly [string, GivenCall][] = [['a call of the same key', {}]];
  for (const [title, other] of sends(adapter, 'GET')
    ? [...held, ['a call of another kind', { method: 'GET' }] as const]
    : held) {
    test(`a 429 for one call holds ${title}`, async (setUp) => {
      const called = await meet(await setUp(), other);
      assertBetween(called.tookMs, 10_000, 11_251);
      assert.equal(called.requests, 1);
      assert.deepEqual(
        traceIn(called).holds.map(({ beforeAttempt }) => beforeAttempt),
        [1],
      );
    });
  }

  test('a 429 for one call holds none of another credential', async (setUp) => {
    const called = await meet(await setUp(), OTHER_KEY);
    assert.equal(called.tookMs, 0);
    assert.deepEqual(traceIn(called).holds, []);
  });

  test('the key function of a policy decides, and sees the headers', async (setUp) => {
    const seen: unknown[] = [];
    const key: NonNullable<Parameters<typeof setUp>[0]>['key'] = ({ header, method }) => {
      seen.push([method, header('authorization')]);
      return 'one for all';
    };
    const called = await meet(await setUp({ key }), OTHER_KEY);
    assertBetween(called.tookMs, 10_000, 11_251);
    assert.equal(traceIn(called).key, 'one for all');
    assert.deepEqual(seen, [
      ['POST', 'Bearer sk-test'],
      ['POST', 'Bearer sk-other'],
    ]);
  });

  describe('calls at once', () => describeBursts(suite));
}

function describeBursts({ test }: Suite): void {
  test('where 20 are allowed in 6 s are all answered, and none is sent too early', async (setUp) => {
    const rateLimit = { shape: 'window', limit: 20, perMs: 6000 } as const;
    const { provider, clock, call, burst } = await setUp({ server: { rateLimit } });
    const startMs = clock.monotonic();
    const late = sleep(clock, 1000).then(() => call());
    const called = [...(await burst(30)), await late];
    for (const each of called) assertStatus(each, 200);
    assert.equal(provider.requests.length, 41);
    assert.equal(provider.requests.filter(({ early }) => early).length, 0);
    assert.equal(provider.ledger.total(), 31);
    assertBetween(clock.monotonic() - startMs, 6000, 10_000);
  });

  test('into a bucket of 10 a second are all answered, with few refusals', async (setUp) => {
    const rateLimit = { shape: 'bucket', limit: 10, perMs: 1000 } as const;
    const { provider, burst } = await setUp({ server: { rateLimit } });
    for (const each of await burst(40)) assertStatus(each, 200);
    const refused = provider.requests.filter(({ status }) => status === 429);
    assert.ok(refused.length <= 60, `${refused.length} refusals of 40 calls`);
    assert.equal(provider.requests.filter(({ early }) => early).length, 0);
    assert.deepEqual(provider.ledger.billedTwice(), []);
  });
}
