import { expect, test } from 'vitest';
import { LocalPace } from './local-pace.js';

test('the first may go at once, and each further one when its share of time is over', () => {
  const pace = new LocalPace();
  expect(pace.waitMs(1000)).toBe(0);
  pace.take(1000, 150, 0);
  expect(pace.waitMs(1000)).toBe(150);
  expect(pace.waitMs(1149)).toBe(1);
  expect(pace.waitMs(1150)).toBe(0);
});

test('a timer that is late by less than the burst does not slow it down', () => {
  const pace = new LocalPace();
  let nowMs = 0;
  for (let taken = 0; taken < 100; taken++) {
    nowMs += pace.waitMs(nowMs) + 2;
    pace.take(nowMs, 150, 20);
  }
  expect(nowMs).toBeLessThanOrEqual(99 * 150 + 2);
});

test('what was idle saves up no more than the burst', () => {
  const pace = new LocalPace();
  pace.take(0, 150, 20);
  pace.take(100_000, 150, 20);
  expect(pace.waitMs(100_000)).toBe(130);
});

test('after what Redis paced it goes on by its own share, at most one share later', () => {
  const pace = new LocalPace();
  for (const atMs of [1000, 1050, 1100, 1150]) pace.follow(atMs, 150);
  expect(pace.waitMs(1150)).toBe(300);
  pace.follow(5000, 150);
  expect(pace.waitMs(5000)).toBe(150);
});

test('what was not used is given back', () => {
  const pace = new LocalPace();
  pace.take(0, 1000, 0);
  pace.giveBack(400);
  expect(pace.waitMs(0)).toBe(600);
});
