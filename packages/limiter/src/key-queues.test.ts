import { execute, type Policy } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { OK, setUp } from './rig.test.support.js';

describe('the keys of a limiter', () => {
  /** Calls of as many keys, one after the other. */
  async function callKeys(policy: Policy, count: number): Promise<void> {
    for (let each = 0; each < count; each++) {
      await execute(() => OK, policy, { key: `k${each}` });
    }
  }

  test('are forgotten when they are idle and nothing is lost by it', async () => {
    const { policy, limiter } = setUp();
    await callKeys(policy, 4000);
    const keys = limiter.snapshot().map(({ key }) => key);
    expect(keys.length).toBeLessThanOrEqual(2000);
    expect(keys).toContain('k3999');
    expect(keys).not.toContain('k0');
  });

  test('are remembered while something of their limits is taken, up to ten thousand', async () => {
    const { call, policy, limiter, settle } = setUp({ requestsPerMinute: 1 });
    await callKeys(policy, 11_000);
    const keys = limiter.snapshot().map(({ key }) => key);
    expect(keys).toHaveLength(10_000);
    expect(keys[0]).toBe('k1000');
    const again = call('', { key: 'k1000' });
    const forgotten = call('', { key: 'k0' });
    await settle();
    expect(again.startsMs).toEqual([]);
    expect(forgotten.startsMs).toHaveLength(1);
  });

  test('are kept while somebody waits, or has an answer whose body still comes', async () => {
    const { call, policy, limiter, settle } = setUp({ maxConcurrent: 1 });
    const first = call('', { key: 'waits' });
    const second = call('', { key: 'waits' });
    const openBody = () => ({ isRead: true, onOver() {} });
    await call('', { key: 'streams', openBody }).answer(OK);
    await callKeys(policy, 2500);
    const known = new Map(limiter.snapshot().map((each) => [each.key, each]));
    expect(known.get('waits')).toMatchObject({ waiting: 1, inFlight: 1 });
    expect(known.get('streams')).toMatchObject({ inFlight: 1 });
    await first.answer(OK);
    await settle();
    expect(second.startsMs).toHaveLength(1);
  });
});

test('the key that was called last is the last one, and the one that is asked about', async () => {
  const { call, limiter, settle } = setUp({ maxConcurrent: 1 });
  for (const key of ['a', 'b', 'a']) call('', { key });
  await settle();
  expect(limiter.snapshot().map(({ key }) => key)).toEqual(['b', 'a']);
  expect(limiter.estimate().position).toBe(2);
});
