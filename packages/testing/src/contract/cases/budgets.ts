import assert from 'node:assert/strict';
import { assertReason, assertSent, assertStatus } from '../called.js';
import type { Suite } from '../runner.js';

const FEW = { perCall: 0, perSecond: 0, max: 3 };
const OFFLINE = { kind: 'status', status: 503 } as const;

/** What the calls of a key may retry together. */
export function describeBudgets({ test }: Suite): void {
  test('when the retry budget of a key is spent, its calls are made once each', async (setUp) => {
    const { provider, call } = await setUp({ retryBudget: FEW });
    provider.fail(OFFLINE, { times: 9 });
    const first = await call();
    assert.equal(first.requests, 4);
    const second = await call();
    assertStatus(second, 503);
    assertSent(second, 1, 0);
    assertReason(second, 'retry-budget');
  });

  test('a call of another key has a budget of its own', async (setUp) => {
    const { provider, call } = await setUp({ retryBudget: FEW });
    provider.fail(OFFLINE, { times: 9 });
    await call();
    assert.equal((await call({ headers: { authorization: 'Bearer sk-other' } })).requests, 4);
  });

  test('what was never sent, and a rate limit, need no budget', async (setUp) => {
    const none = { perCall: 0, perSecond: 0, max: 0 };
    const { provider, call } = await setUp({ retryBudget: none });
    await provider.refuse(300);
    assertStatus(await call(), 200);
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    assertStatus(await call(), 200);
  });
}
