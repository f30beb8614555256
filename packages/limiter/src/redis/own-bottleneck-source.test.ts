import { definePolicy, execute, InvalidOptionsError } from '@forbear/core';
import Bottleneck from 'bottleneck';
import { expect, test } from 'vitest';
import { fromBottleneck } from './from-bottleneck.js';

/** Calls under way now, and the most that there were. */
function setUp(mine: Bottleneck) {
  const policy = definePolicy({ limiter: fromBottleneck(mine, { maxConcurrent: 100 }) });
  const seen = { now: 0, most: 0 };
  const times: number[] = [];
  const call = (ms: number) =>
    execute(async () => {
      times.push(performance.now());
      seen.now++;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise((resolve) => setTimeout(resolve, ms));
      seen.now--;
      return 'done';
    }, policy);
  return { call, seen, times, policy };
}

test('its maxConcurrent holds for attempts, not only for their start', async () => {
  const { call, seen } = setUp(new Bottleneck({ maxConcurrent: 2 }));
  const calls = Array.from({ length: 10 }, () => call(10));
  expect(await Promise.all(calls)).toEqual(Array(10).fill('done'));
  expect(seen.most).toBe(2);
});

test('its minTime holds', async () => {
  const { call, times } = setUp(new Bottleneck({ minTime: 30 }));
  await Promise.all(Array.from({ length: 5 }, () => call(0)));
  // Its timers may be a few milliseconds early, each of them.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(4 * 30 - 20);
});

test('its reservoir holds', async () => {
  const mine = new Bottleneck({ reservoir: 3 });
  const { call, times } = setUp(mine);
  const calls = Array.from({ length: 5 }, () => call(0));
  await Promise.all(calls.slice(0, 3));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(times).toHaveLength(3);
  await mine.incrementReservoir(2);
  await Promise.all(calls);
  expect(times).toHaveLength(5);
});

test('a permit that nobody takes any more goes back', async () => {
  const mine = new Bottleneck({ maxConcurrent: 1 });
  const { call, policy } = setUp(mine);
  const gone = new AbortController();
  const running = call(50);
  const aborted = execute(() => 'never', policy, { signal: gone.signal });
  gone.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  await running;
  expect(await mine.schedule(async () => 'mine again')).toBe('mine again');
});

test('whoever stops it ends its limits, and not the calls', async () => {
  const mine = new Bottleneck({ minTime: 60_000 });
  const { call } = setUp(mine);
  await call(0);
  const waiting = call(0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await mine.stop();
  expect(await waiting).toBe('done');
  expect(await call(0)).toBe('done');
});

test('what is no Bottleneck is refused', () => {
  for (const wrong of [undefined, {}, new Bottleneck.Group(), Bottleneck]) {
    expect(() => fromBottleneck(wrong as never)).toThrow(InvalidOptionsError);
  }
  expect(() => fromBottleneck(new Bottleneck(), { minTime: 3 } as never)).toThrow('minTime');
});
