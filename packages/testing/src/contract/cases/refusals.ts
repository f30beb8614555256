import assert from 'node:assert/strict';
import { sleep, traceOf } from '@forbear/core';
import { assertReason, assertStatus, type Called, codeIn, traceIn } from '../called.js';
import { kindOf } from '../error-kind.js';
import type { Rig } from '../rig.js';
import type { Suite } from '../runner.js';

/** Asserts that it was refused without a request, in the shape of a refusal by the server. */
function assertRebuilt(called: Called, direct: Called): void {
  assert.equal(called.requests, 0);
  const { outcome, rebuilt, attempts, mayHaveBeenBilled } = traceIn(called);
  assert.deepEqual(
    { outcome, rebuilt, attempts, mayHaveBeenBilled },
    { outcome: 'give-up', rebuilt: true, attempts: [], mayHaveBeenBilled: false },
  );
  assert.deepEqual(traceOf(called.handed), called.told);
  assert.equal(called.status, direct.status);
  assert.equal(called.text, direct.text);
  assert.equal(called.headers?.get('content-type'), direct.headers?.get('content-type'));
  assert.deepEqual(kindOf(called.error), kindOf(direct.error));
}

/** A call is told to wait; another one comes 3.5 s later. */
async function comeLate({ provider, clock, call, nextWait }: Rig, limits: object) {
  const told = { kind: 'status', status: 429, headers: { 'retry-after': '10' } } as const;
  provider.fail(told, { times: 2 });
  const direct = await call({ forbear: { maxRetries: 0 } });
  await sleep(clock, 20_000);
  const waiting = nextWait();
  const first = call();
  await waiting;
  await sleep(clock, 3500);
  const called = await call({ forbear: limits });
  assertStatus(await first, 200);
  return { called, direct };
}

/** What a call gets that is refused because another one was. */
export function describeRefusals({ test }: Suite): void {
  for (const [title, limits, reason] of [
    ['its deadline', { deadlineMs: 5000 }, 'past-deadline'],
    ['its maxHoldMs', { maxHoldMs: 6000 }, 'max-hold'],
  ] as const) {
    test(`a call that cannot be held for ${title} gets the 429 at once, in the shape of the client`, async (setUp) => {
      const { called, direct } = await comeLate(await setUp(), limits);
      assertStatus(called, 429);
      assertRebuilt(called, direct);
      assertReason(called, reason);
      assert.equal(called.tookMs, 0);
      assert.equal(called.headers?.get('retry-after'), '7');
    });
  }

  test('a key that is told to wait for an hour refuses, says what is left, and is asked by probes', async (setUp) => {
    const { provider, clock, call } = await setUp();
    const headers = { 'retry-after': '3600' };
    provider.fail({ kind: 'status', status: 429, headers });
    const direct = await call();
    assertReason(direct, 'retry-after-too-long');
    await sleep(clock, 10_200);
    const refused = await call();
    assertRebuilt(refused, direct);
    assert.equal(refused.headers?.get('retry-after'), '3590');
    await sleep(clock, 20_000);
    assertStatus(await call(), 200);
  });

  test('one call finds the wallet empty, and the others get its refusal without a request', async (setUp) => {
    const { provider, clock, policy, burst, call } = await setUp({
      server: { wallet: { cents: 0 } },
    });
    const direct = await call();
    assertStatus(direct, 402);
    for (const called of await burst(5)) {
      assertRebuilt(called, direct);
      assertReason(called, 'quota-exhausted');
      assert.equal(codeIn(called), codeIn(direct));
    }
    provider.fill(100);
    assertStatus(await call(), 402);
    await sleep(clock, 30_000);
    assertStatus(await call(), 200);
    assert.deepEqual(
      policy.gates.snapshot().map(({ state }) => state),
      ['open'],
    );
  });

  test('a refusal holds no header that could be a secret or a lie', async (setUp) => {
    const { provider, call } = await setUp();
    const told = { 'retry-after': '3600', 'set-cookie': 'session=1', 'x-request-id': 'req-1' };
    provider.fail({ kind: 'status', status: 429, headers: told });
    await call();
    const refused = await call();
    assert.equal(refused.requests, 0);
    for (const name of ['set-cookie', 'x-request-id', 'content-length']) {
      assert.ok(!refused.headers?.get(name), `${name} is handed out`);
    }
  });
}
