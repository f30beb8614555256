import assert from 'node:assert/strict';
import { sleep } from '@forbear/core';
import type { AdapterUnderTest } from './adapter.js';
import { assertBetween, assertReason, assertSent, assertStatus, traceIn } from './called.js';
import { kindOf } from './error-kind.js';
import { inRigs, type SetUp } from './in-rigs.js';
import type { TestRunner } from './runner.js';

const TOLD = { kind: 'status', status: 429, headers: { 'retry-after': '10' } } as const;

/** Describes what several clients share that were given one policy: its gates and its retry budget. */
export function describeSharedPolicy(
  adapters: readonly AdapterUnderTest[],
  { describe, test }: TestRunner,
): void {
  const run = (title: string, body: (setUp: SetUp) => Promise<void>) =>
    test(title, () => inRigs(adapters, body));

  describe(`${adapters.map(({ name }) => name).join(', ')} with one policy`, () => {
    for (const one of adapters) {
      for (const other of adapters.filter((each) => each !== one)) {
        run(`a 429 on ${one.name} holds a call of ${other.name}`, (setUp) =>
          assertHeld(setUp, one, other),
        );
        run(
          `an empty wallet that ${one.name} found refuses a call of ${other.name} in its own shape`,
          (setUp) => assertRefused(setUp, one, other),
        );
      }
    }

    run('have one retry budget', async (setUp) => {
      const retryBudget = { perCall: 0, perSecond: 0, max: adapters.length };
      const { provider, call } = await setUp({ retryBudget, maxRetries: 1 });
      provider.fail({ kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
      for (const each of adapters) assertSent(await call({}, each), 2, 0);
      for (const each of adapters) {
        const called = await call({}, each);
        assertSent(called, 1, 0);
        assertReason(called, 'retry-budget');
      }
    });

    run('send nothing too early when all of them are busy, and are all answered', async (setUp) => {
      const rateLimit = { shape: 'window', limit: 15, perMs: 6000 } as const;
      const { provider, clock, call, policy } = await setUp({ server: { rateLimit } });
      const late = (each: AdapterUnderTest) => sleep(clock, 1000).then(() => call({}, each));
      const calls = adapters.flatMap((each) => [
        ...Array.from({ length: 10 }, () => call({}, each)),
        late(each),
      ]);
      for (const called of await Promise.all(calls)) assertStatus(called, 200);
      assert.equal(provider.requests.filter(({ early }) => early).length, 0);
      assert.equal(provider.ledger.total(), calls.length);
      assert.equal(policy.gates.snapshot().length, 1);
    });
  });
}

async function assertHeld(setUp: SetUp, one: AdapterUnderTest, other: AdapterUnderTest) {
  const { provider, call, nextWait } = await setUp();
  provider.fail(TOLD);
  const waiting = nextWait();
  const told = call({}, one);
  await waiting;
  const held = await call({}, other);
  assertStatus(held, 200);
  assertStatus(await told, 200);
  assertBetween(held.tookMs, 10_000, 11_251);
  assert.equal(held.requests, 1);
  assert.equal(traceIn(held).key, traceIn(await told).key);
}

async function assertRefused(setUp: SetUp, one: AdapterUnderTest, other: AdapterUnderTest) {
  const { call, callBare } = await setUp({ server: { wallet: { cents: 0 } } });
  assertStatus(await call({}, one), 402);
  const refused = await call({}, other);
  const bare = await callBare({}, other);
  assert.equal(refused.requests, 0);
  assert.equal(refused.status, bare.status);
  assert.equal(refused.text, bare.text);
  assert.deepEqual(kindOf(refused.error), kindOf(bare.error));
  assertReason(refused, 'quota-exhausted');
}
