import assert from 'node:assert/strict';
import { execute, type LayeredRetryEvent } from '@forbear/core';
import { assertSent } from '../called.js';
import type { Suite } from '../runner.js';

/** Others that repeat, above and around. */
export function describeLayers({ test }: Suite): void {
  test('inside an attempt of another call of Forbear it repeats nothing, for that one does', async (setUp) => {
    const { provider, policy, call } = await setUp({ silent: true, maxRetries: 2 });
    provider.fail({ kind: 'status', status: 503 }, { times: 99 });
    await execute(() => call(), policy, { method: 'GET' });
    assert.equal(provider.requests.length, 3);
  });

  test('a loop above that repeats a POST which may have been done is told of', async (setUp) => {
    const { provider, policy, call } = await setUp();
    const heard: LayeredRetryEvent[] = [];
    policy.events.on('layeredRetry', (event) => heard.push(event));
    provider.fail({ kind: 'status', status: 500, work: 'before' });
    assertSent(await call(), 1, 1);
    assertSent(await call(), 1, 1);
    assert.deepEqual(
      heard.map(({ method, times }) => ({ method, times })),
      [{ method: 'POST', times: 1 }],
    );
  });

  test('a loop above that repeats what was harmless is not', async (setUp) => {
    const { provider, policy, call } = await setUp({ maxRetries: 0 });
    let heard = 0;
    policy.events.on('layeredRetry', () => heard++);
    provider.fail({ kind: 'status', status: 503 });
    await call();
    await call();
    assert.equal(heard, 0);
  });
}
