import { describe, expect, test } from 'vitest';
import type { Sent } from './learnt-level.js';
import { LearntLimit } from './learnt-limit.js';
import type { LearntLimit as Told } from './permit-source.js';

/** The server's clock when ours is at 0. */
const SERVER_MS = 1_790_000_000_000;

const NAMED = { unit: 'requests', name: 'requests' } as const;

const limitOf = (shape: 'window' | 'full' = 'window', underWay: readonly Sent[] = []) =>
  new LearntLimit(NAMED, shape, (sinceMs) =>
    underWay.filter(({ sentAtMs }) => sentAtMs >= sinceMs),
  );

const told = (limit: number, remaining: number, resetMs: number): Told => ({
  ...NAMED,
  limit,
  remaining,
  resetMs,
});

/** The same, with moments of the server's clock: when it answered, and when it resets. */
const toldMoment = (limit: number, remaining: number, atMs: number, resetAtMs: number): Told => ({
  ...told(limit, remaining, resetAtMs - atMs),
  resetAtMs: SERVER_MS + resetAtMs,
  serverNowMs: SERVER_MS + atMs,
});

const sent = (sentAtMs: number): Sent => ({ sentAtMs, amount: 1 });

describe('a limit whose end moves before it is over', () => {
  test('is a bucket, of which one comes back after the other', () => {
    const limit = limitOf();
    limit.hear(toldMoment(10, 9, 0, 1000), sent(0), 10);
    limit.hear(toldMoment(10, 5, 0, 5000), sent(300), 310);
    const waitMs = limit.waitMs(6, 310, 0);
    expect(waitMs).toBeGreaterThan(900);
    expect(waitMs).toBeLessThan(1100);
  });

  test('is one as well where the answer that tells it took long', () => {
    const limit = limitOf();
    limit.hear(toldMoment(10, 9, 0, 1000), sent(0), 10);
    limit.hear(toldMoment(10, 5, 3000, 8000), sent(300), 4300);
    expect(limit.waitMs(6, 4300, 0)).toBeLessThan(1500);
  });

  test('is a window where that was over by then', () => {
    const limit = limitOf();
    limit.hear(toldMoment(10, 9, 0, 1000), sent(0), 10);
    limit.hear(toldMoment(10, 5, 3000, 8000), sent(3000), 3010);
    expect(limit.waitMs(6, 3010, 0)).toBeCloseTo(5000, 0);
  });
});

test('a bucket is never fuller than full', () => {
  const limit = limitOf('full');
  limit.hear(told(10, 9, 1000), sent(0), 10);
  expect(limit.available(3_600_000)).toBe(10);
});

test('of answers to requests of about the same time the first one tells what it holds', () => {
  const limit = limitOf();
  limit.hear(told(60, 50, 30_000), sent(0), 10);
  limit.hear(told(10, 9, 30_000), sent(100), 110);
  expect(limit.limit).toBe(60);
  limit.hear(told(10, 9, 30_000), sent(1000), 1010);
  expect(limit.limit).toBe(10);
});

test('a window that is over by its own word is followed by one as long as the longest', () => {
  const limit = limitOf();
  limit.hear(told(10, 9, 10_000), sent(0), 0);
  limit.hear(told(10, 0, 500), sent(9500), 9500);
  expect(limit.waitMs(1, 9_999, 0)).toBe(1);
  expect(limit.waitMs(1, 10_000, 0)).toBe(0);
  limit.take(10, 10_000);
  expect(limit.waitMs(1, 10_250, 0)).toBe(9_750);
  expect(limit.estimateMs(1, 20, 10_250)).toBe(9_750 + 2 * 10_000);
});

test('where all that is new is under way already, its answers are waited for', () => {
  const underWay: Sent[] = [];
  const limit = limitOf('window', underWay);
  limit.hear(told(2, 0, 1000), sent(0), 0);
  underWay.push(sent(900), sent(950));
  expect(limit.waitMs(1, 1000, 0)).toBe(1000);
});

test('what was taken before the last answer and never sent does not come back', () => {
  const limit = limitOf();
  limit.hear(told(10, 5, 30_000), sent(1000), 1010);
  limit.giveBack(1, 0);
  expect(limit.available(1010)).toBe(5);
  limit.giveBack(1, 1000);
  expect(limit.available(1010)).toBe(6);
});

test('of two answers at the end of a window the one of the next window holds', () => {
  const limit = limitOf();
  limit.hear(told(10, 0, 100), sent(9900), 9900);
  limit.hear(told(10, 9, 9_950), sent(10_050), 10_050);
  expect(limit.available(10_050)).toBe(9);
});

test('a request is given back once, also where the answers to later ones come before its own', () => {
  const underWay: Sent[] = [];
  const limit = limitOf('window', underWay);
  limit.hear(told(5, 3, 5000), sent(0), 0);
  for (const atMs of [1, 251, 252]) {
    limit.take(1, atMs);
    underWay.push(sent(atMs));
  }
  underWay.splice(1, 1);
  limit.hear(told(5, 1, 4748), sent(251), 252);
  underWay.splice(1, 1);
  limit.hear(told(5, 0, 4747), sent(252), 253);
  underWay.splice(0, 1);
  limit.hear(told(5, 2, 4746), sent(1), 254);
  expect(limit.available(254)).toBe(0);
});

test('what was sent since the end of a window is part of the next one', () => {
  const underWay: Sent[] = [];
  const limit = limitOf('window', underWay);
  limit.hear(told(2, 1, 5000), sent(5000), 5000);
  limit.take(1, 10_000);
  underWay.push(sent(10_000));
  expect(limit.waitMs(1, 10_251, 0)).toBe(0);
  limit.take(1, 10_251);
  expect(limit.available(10_251)).toBe(0);
  underWay.push(sent(10_251));
  underWay.shift();
  limit.hear(told(2, 1, 4749), sent(10_000), 10_251);
  expect(limit.available(10_251)).toBe(0);
});

test('what was counted after an answer stays taken when its own answer says so', () => {
  const underWay: Sent[] = [];
  const limit = limitOf('window', underWay);
  const tokens = (sentAtMs: number, amount: number) => ({ sentAtMs, amount });
  underWay.push(tokens(0, 5), tokens(251, 3));
  limit.hear(told(10, 4, 5000), tokens(1, 1), 251);
  underWay.pop();
  limit.hear(told(10, 1, 4748), tokens(251, 3), 252);
  underWay.pop();
  limit.hear(told(10, 5, 4747), tokens(0, 5), 253);
  expect(limit.available(253)).toBe(1);
});
