import assert from 'node:assert/strict';
import { getEventListeners, setMaxListeners } from 'node:events';
import { assertReason } from '../called.js';
import { kindOf } from '../error-kind.js';
import type { Rig } from '../rig.js';
import type { Suite } from '../runner.js';

const reason = { mine: true };
const STALL = { kind: 'stall', what: 'headers' } as const;

/** What the bare client throws when it is aborted in flight. */
async function bareAbort({ provider, callBare, seen }: Rig) {
  const controller = new AbortController();
  const before = provider.requests.length;
  provider.fail(STALL);
  const calling = callBare({ signal: controller.signal });
  await seen(before + 1);
  controller.abort(reason);
  return kindOf((await calling).error, reason);
}

/** Aborts end a call wherever it is, with the error of the bare client. */
export function describeAborts({ test }: Suite): void {
  test('an abort before the call sends nothing', async (setUp) => {
    // A client may look at the signal before it comes to us.
    const { provider, call, callBare } = await setUp({ silent: true });
    const signal = AbortSignal.abort(reason);
    const [called, bare] = [await call({ signal }), await callBare({ signal })];
    assert.deepEqual(kindOf(called.error, reason), kindOf(bare.error, reason));
    assert.equal(provider.requests.length, 0);
    if (called.told !== undefined) assertReason(called, 'aborted');
  });

  test('an abort in an attempt ends it, and nothing more is sent', async (setUp) => {
    const rig = await setUp();
    const { provider, call, seen } = rig;
    const bare = await bareAbort(rig);
    const before = provider.requests.length;
    provider.fail(STALL, { times: 2 });
    const controller = new AbortController();
    const calling = call({ signal: controller.signal, forbear: { repeatable: true } });
    await seen(before + 1);
    controller.abort(reason);
    const called = await calling;
    assert.deepEqual(kindOf(called.error, reason), bare);
    assert.equal(called.requests, 1);
    assertReason(called, 'aborted');
  });

  test('an abort in a wait ends it at once, and nothing more is sent', async (setUp) => {
    const rig = await setUp();
    const { provider, clock, policy, call } = rig;
    const bare = await bareAbort(rig);
    const controller = new AbortController();
    policy.events.on('waiting', () => clock.setTimer(() => controller.abort(reason), 10_000));
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    const called = await call({ signal: controller.signal });
    assert.deepEqual(kindOf(called.error, reason), bare);
    assert.equal(called.tookMs, 10_000);
    await clock.advance(100_000);
    assert.equal(called.requests, 1);
    assertReason(called, 'aborted');
  });

  test('an abort in a backoff ends it at once, and nothing more is sent', async (setUp) => {
    const backoff = { type: 'constant', delayMs: 30_000 } as const;
    const { provider, clock, policy, call } = await setUp({ backoff });
    const controller = new AbortController();
    policy.events.on('waiting', () => clock.setTimer(() => controller.abort(reason), 10_000));
    provider.fail({ kind: 'status', status: 503 });
    const called = await call({ signal: controller.signal });
    assert.equal(called.tookMs, 10_000);
    assert.equal(called.requests, 1);
    assertReason(called, 'aborted');
  });

  test('an abort in a gate ends only the call that it is of', async (setUp) => {
    const rig = await setUp();
    const { provider, clock, policy, call, nextWait } = rig;
    const bare = await bareAbort(rig);
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    const waiting = nextWait();
    const told = call();
    await waiting;
    const controller = new AbortController();
    policy.events.on('hold', () => clock.setTimer(() => controller.abort(reason), 10_000));
    const held = await call({ signal: controller.signal });
    assert.deepEqual(kindOf(held.error, reason), bare);
    assert.equal(held.tookMs, 10_000);
    assert.equal(held.requests, 0);
    assertReason(held, 'aborted');
    assert.equal((await told).status, 200);
  });

  test('a signal that many calls share keeps no more listeners than the bare client leaves', async (setUp) => {
    const { provider, call, callBare } = await setUp({ retryBudget: false });
    const listenersAfter = async (make: Rig['call']) => {
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      for (let each = 0; each < 30; each++) await make({ signal });
      return getEventListeners(signal, 'abort').length;
    };
    const bare = await listenersAfter(callBare);
    provider.fail({ kind: 'status', status: 503 }, { times: 20 });
    const ours = await listenersAfter(call);
    // Of the attempts that failed the bare client may have left some, too.
    assert.ok(ours <= bare + 20, `${ours} listeners, ${bare} with the bare client`);
  });
}
