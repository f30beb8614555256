import { getEventListeners } from 'node:events';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { type Clock, sleep, systemClock } from './clock.js';

test('a timer of the real clock never fires before its time', async () => {
  const start = systemClock.monotonic();
  await new Promise<void>((resolve) => systemClock.setTimer(resolve, 20));
  expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(20);
});

test('a clock that calls back at once ends a sleep at once, and leaves no listener', async () => {
  const { signal } = new AbortController();
  const atOnce: Clock = {
    ...systemClock,
    setTimer(callback) {
      callback();
      return () => {};
    },
  };
  await sleep(atOnce, 1000, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a thousand sleeps on one signal leave one listener, and none when they are over', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const sleeps = Array.from({ length: 1000 }, () => sleep(clock, 1000, signal));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await clock.run(Promise.all(sleeps));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('an abort ends every sleep on its signal with the reason, and no timer is left', async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeps = Array.from({ length: 3 }, () => sleep(clock, 1000, controller.signal));
  controller.abort('enough');
  const settled = await Promise.allSettled(sleeps);
  expect(settled).toEqual(Array(3).fill({ status: 'rejected', reason: 'enough' }));
  expect(clock.timers).toBe(0);
});
