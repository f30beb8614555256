import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { execute } from './execute.js';
import type { Lane } from './limiter.js';
import { definePolicy } from './policy.js';

const emptyWallet = () => ({
  status: 429,
  headers: { 'retry-after': '600' },
});

/** Calls one after the other, without a pause, until the event loop turns or there were too many. */
async function callWithoutPause(call: () => Promise<unknown>): Promise<number> {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  let calls = 0;
  while (!turned && calls < 20_000) {
    calls++;
    await call().catch(() => {});
  }
  return calls;
}

test('a loop on calls that a gate refuses leaves the event loop its turns', async () => {
  const policy = definePolicy({ maxRetries: 0 });
  await execute(emptyWallet, policy);
  expect(policy.gates.snapshot()[0]?.state).toBe('refusing');
  expect(await callWithoutPause(() => execute(emptyWallet, policy))).toBeLessThan(1000);
});

test('so does a loop on calls that a limiter turns away', async () => {
  const lane: Lane = {
    begin() {},
    finish() {},
    leave() {},
    close() {},
    enter: () => ({ kind: 'turned-away', error: new Error('full'), reason: 'queue-full' }),
  };
  const policy = definePolicy({ limiter: { laneOf: () => lane } });
  expect(await callWithoutPause(() => execute(emptyWallet, policy))).toBeLessThan(1000);
});

test('of a crowd that is refused at once hardly any waits, and no time passes for them', async () => {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, maxRetries: 0 });
  await execute(emptyWallet, policy);
  let settled = 0;
  const crowd = Array.from({ length: 1000 }, () =>
    execute(emptyWallet, policy).then(() => settled++),
  );
  await clock.advance(0);
  expect(settled).toBeGreaterThanOrEqual(990);
  await Promise.all(crowd);
  expect(clock.timers).toBe(0);
});
