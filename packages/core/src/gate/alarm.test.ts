import { FakeClock } from '@forbear/testing';
import { expect, test, vi } from 'vitest';
import { Alarm } from './alarm.js';

function setUp() {
  const clock = new FakeClock();
  const rangAtMs: number[] = [];
  const alarm = new Alarm(clock, () => rangAtMs.push(clock.monotonic()));
  return { clock, alarm, rangAtMs };
}

test('it rings once, at the time that it was set to', async () => {
  const { clock, alarm, rangAtMs } = setUp();
  alarm.set(1000);
  await clock.advance(10_000);
  expect(rangAtMs).toEqual([1000]);
  expect(clock.timers).toBe(0);
});

test('it never has more than one timer', () => {
  const { clock, alarm } = setUp();
  for (const atMs of [1000, 500, 2000, 1, 1500]) {
    alarm.set(atMs);
    expect(clock.timers).toBe(1);
  }
});

test('moved to an earlier time it rings then, and not again', async () => {
  const { clock, alarm, rangAtMs } = setUp();
  alarm.set(1000);
  alarm.set(300);
  await clock.advance(10_000);
  expect(rangAtMs).toEqual([300]);
});

test('moved to a later time it keeps its timer, and rings no later than it was set to', async () => {
  const { clock, alarm, rangAtMs } = setUp();
  const setTimer = vi.spyOn(clock, 'setTimer');
  for (let atMs = 1000; atMs < 2000; atMs++) alarm.set(atMs);
  expect(setTimer).toHaveBeenCalledTimes(1);
  await clock.advance(2000);
  expect(rangAtMs).toEqual([1000]);
});

test('set to nothing it does not ring, and leaves no timer', async () => {
  const { clock, alarm, rangAtMs } = setUp();
  alarm.set(undefined);
  alarm.set(1000);
  alarm.set(undefined);
  expect(clock.timers).toBe(0);
  await clock.advance(10_000);
  expect(rangAtMs).toEqual([]);
});

test('it can be set again while it rings, and after it', async () => {
  const clock = new FakeClock();
  const rangAtMs: number[] = [];
  const alarm = new Alarm(clock, () => {
    rangAtMs.push(clock.monotonic());
    if (rangAtMs.length === 1) alarm.set(1500);
  });
  alarm.set(1000);
  await clock.advance(2000);
  alarm.set(3000);
  await clock.advance(2000);
  expect(rangAtMs).toEqual([1000, 1500, 3000]);
});

test('set to a time that is over it rings at once', async () => {
  const { clock, alarm, rangAtMs } = setUp();
  await clock.advance(5000);
  alarm.set(1000);
  await clock.advance(0);
  expect(rangAtMs).toEqual([5000]);
});
