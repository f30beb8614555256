import { describe, expect, test } from 'vitest';
import { Ramp } from './ramp.js';

const ENDLESS = Number.POSITIVE_INFINITY;

/** Lets go whoever may go, and says how many that are. */
function takeAll(ramp: Ramp, nowMs: number): number {
  let taken = 0;
  while (taken < 100_000 && ramp.take(nowMs)) taken++;
  return taken;
}

function releaseAll(ramp: Ramp, count: number, answered: boolean, nowMs: number): void {
  for (let released = 0; released < count; released++) ramp.release(answered, nowMs);
}

/** How many go in each round if all of a round are answered before the next. */
function rounds(ramp: Ramp, count: number): readonly number[] {
  return Array.from({ length: count }, () => {
    const taken = takeAll(ramp, 0);
    releaseAll(ramp, taken, true, 0);
    return taken;
  });
}

test('one goes first, and twice as many each time that all were answered', () => {
  expect(rounds(new Ramp(0, ENDLESS, 1000), 6)).toEqual([1, 2, 4, 8, 16, 32]);
});

test('beyond its threshold one more goes in every second round', () => {
  expect(rounds(new Ramp(0, 4, 1000), 8)).toEqual([1, 2, 4, 4, 4, 5, 5, 6]);
});

test('a threshold of 1 lets it grow slowly from the start', () => {
  expect(rounds(new Ramp(0, 1, 1000), 5)).toEqual([1, 1, 1, 2, 2]);
});

test('a request that was not answered gives its place to another, and widens nothing', () => {
  const ramp = new Ramp(0, ENDLESS, 1000);
  for (let round = 0; round < 10; round++) {
    expect(takeAll(ramp, 0)).toBe(1);
    ramp.release(false, 0);
  }
  expect(ramp.answered).toBe(false);
});

test('each answer makes room for two', () => {
  const ramp = new Ramp(0, ENDLESS, 1000);
  takeAll(ramp, 0);
  ramp.release(true, 0);
  expect(takeAll(ramp, 0)).toBe(2);
  ramp.release(true, 0);
  expect(takeAll(ramp, 0)).toBe(2);
  expect(ramp.answered).toBe(true);
});

describe('while nothing is answered', () => {
  test('it doubles with each whole step of time, since good answers may be slow', () => {
    const ramp = new Ramp(0, ENDLESS, 1000);
    expect(takeAll(ramp, 0)).toBe(1);
    expect(takeAll(ramp, 999)).toBe(0);
    expect(takeAll(ramp, 1000)).toBe(1);
    expect(takeAll(ramp, 1999)).toBe(0);
    expect(takeAll(ramp, 2000)).toBe(2);
    expect(takeAll(ramp, 5500)).toBe(28);
  });

  test('beyond its threshold a step lets one more go', () => {
    const ramp = new Ramp(0, 4, 1000);
    const gone = [0, 1000, 2000, 3000, 4000, 5000].map((nowMs) => takeAll(ramp, nowMs));
    expect(gone).toEqual([1, 1, 2, 1, 1, 1]);
  });

  test('a step is counted from the last answer', () => {
    const ramp = new Ramp(0, ENDLESS, 1000);
    takeAll(ramp, 0);
    ramp.release(true, 900);
    expect(ramp.nextStepAtMs).toBe(1900);
    expect(takeAll(ramp, 1899)).toBe(2);
    expect(takeAll(ramp, 1900)).toBe(2);
  });

  test('it says when it widens next', () => {
    const ramp = new Ramp(500, ENDLESS, 1000);
    expect(ramp.nextStepAtMs).toBe(1500);
    ramp.take(2600);
    expect(ramp.nextStepAtMs).toBe(3500);
  });

  test('after some twenty steps nothing is held back any more', () => {
    const ramp = new Ramp(0, ENDLESS, 1000);
    expect(ramp.isOver(19_999)).toBe(false);
    expect(ramp.isOver(20_000)).toBe(true);
  });

  test('an hour of nothing costs no more than twenty steps', () => {
    const ramp = new Ramp(0, ENDLESS, 1000);
    expect(ramp.isOver(3_600_000)).toBe(true);
    expect(ramp.isOver(Number.MAX_SAFE_INTEGER)).toBe(true);
  });
});

test.each([
  [0, 1],
  [1000, 1],
  [2000, 2],
  [6000, 32],
])('what is refused %i ms after it opened makes the next threshold %i', (nowMs, threshold) => {
  const ramp = new Ramp(0, ENDLESS, 1000);
  ramp.take(nowMs);
  expect(ramp.thresholdAfterRefusal).toBe(threshold);
});
