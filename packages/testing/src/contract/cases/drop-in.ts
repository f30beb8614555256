import assert from 'node:assert/strict';
import { setEnabled, setTestMode, traceOf } from '@forbear/core';
import { assertReason, assertStatus } from '../called.js';
import { chainOf } from '../error-kind.js';
import type { Suite } from '../runner.js';

/** The client behaves as the bare one wherever there is nothing to be done. */
export function describeDropIn({ test }: Suite): void {
  test('a call that succeeds at once sends what the bare client sends, once', async (setUp) => {
    const { provider, call, callBare } = await setUp();
    const headers = { 'x-call-id': 'the same' };
    const [ours, bare] = [await call({ headers }), await callBare({ headers })];
    assert.equal(ours.status, bare.status);
    assert.deepEqual(JSON.parse(ours.text ?? '').choices, JSON.parse(bare.text ?? '').choices);
    assert.equal(provider.requests.length, 2);
    const [first, second] = provider.requests.map(({ method, url, headers, bodySha256 }) => ({
      method,
      url,
      headers,
      bodySha256,
    }));
    assert.deepEqual(first, second);
    assert.equal(traceOf(ours.handed)?.outcome, 'success');
  });

  test('forbear: false makes a call a bare one, which waits in no gate and has no trace', async (setUp) => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    await call();
    provider.fail({ kind: 'status', status: 503 });
    const called = await call({ forbear: false });
    assertStatus(called, 503);
    assert.equal(called.requests, 1);
    assert.equal(traceOf(called.handed), undefined);
    assert.equal(called.tookMs, 0);
  });

  test('switched off, every call is a bare one', async (setUp) => {
    const { provider, call } = await setUp({ silent: true });
    provider.fail({ kind: 'status', status: 503 });
    setEnabled(false);
    try {
      const called = await call();
      assertStatus(called, 503);
      assert.equal(called.requests, 1);
      assert.equal(called.told, undefined);
    } finally {
      setEnabled(true);
    }
  });

  test('in test mode a call waits for nothing, and makes as many attempts as are allowed', async (setUp) => {
    const { provider, call } = await setUp();
    const told = { kind: 'status', status: 429, headers: { 'retry-after': '30' } } as const;
    provider.fail(told, { times: 9 });
    setTestMode({ attempts: 2 });
    try {
      const called = await call();
      assertStatus(called, 429);
      assert.equal(called.requests, 2);
      assert.equal(called.tookMs, 0);
      assertReason(called, 'max-retries');
    } finally {
      setTestMode(false);
    }
  });

  test('bad options of a call are named before anything is sent', async (setUp) => {
    const { provider, call } = await setUp({ silent: true });
    const forbear = { maxRetry: 3, deadlineMs: '5s' } as object;
    const called = await call({ forbear });
    const messages = chainOf(called.error).map(({ message }) => message);
    assert.match(messages.join('\n'), /maxRetry.*\n.*deadlineMs/);
    assert.equal(provider.requests.length, 0);
  });
}
