import { expect, test } from 'vitest';
import { readRateLimits, toldByReset } from './rate-limit.js';

const NOW = 1_795_392_000_000;

test('every family of an answer is read', () => {
  const limits = readRateLimits(
    new Headers({ RateLimit: '"a";r=1;t=2', 'X-RateLimit-Remaining-Tokens': '3' }),
    NOW,
  );
  expect(limits).toEqual([
    { source: 'ratelimit', name: 'a', remaining: 1, resetMs: 2_000 },
    { source: 'x-ratelimit-remaining-tokens', name: 'tokens', remaining: 3 },
  ]);
});

test('dates are measured against the Date of the answer', () => {
  const headers = {
    date: 'Mon, 23 Nov 2026 00:00:30 GMT',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1795392034',
  };
  expect(readRateLimits(headers, NOW)[0]?.resetMs).toBe(4_000);
  expect(readRateLimits({ ...headers, date: '' }, NOW)[0]?.resetMs).toBe(34_000);
});

test('an answer from a cache tells of no limits', () => {
  const headers = { ratelimit: '"a";r=1;t=2', 'x-ratelimit-remaining': '3' };
  expect(readRateLimits({ ...headers, age: '1' }, NOW)).toEqual([]);
  for (const age of ['0', 'old', '']) {
    expect(readRateLimits({ ...headers, age }, NOW)).toHaveLength(2);
  }
});

test('without headers there are no limits', () => {
  expect(readRateLimits(undefined, NOW)).toEqual([]);
});

test('the sentinel of Azure tells nothing', () => {
  const headers = {
    'x-ratelimit-limit-tokens': '-1',
    'x-ratelimit-remaining-tokens': '-1',
    'x-ratelimit-reset-tokens': '0',
  };
  expect(readRateLimits(headers, NOW)).toEqual([]);
});

const empty = { source: 's', name: 'n', limit: 60, remaining: 0, resetMs: 60_001 };

test('a window is waited for as a whole', () => {
  expect(toldByReset([empty])).toEqual({ waitMs: 60_001, source: 's', shape: 'window' });
});

test('of a bucket that is filling up one unit is waited for, rounded up', () => {
  expect(toldByReset([{ ...empty, shape: 'full' }])).toMatchObject({
    waitMs: 1_001,
    shape: 'full',
  });
});

test('the shortest wait is a millisecond', () => {
  expect(toldByReset([{ ...empty, resetMs: 1 }])?.waitMs).toBe(1);
  expect(toldByReset([{ ...empty, resetMs: 1, shape: 'full' }])?.waitMs).toBe(1);
});

test('where the limit is not known the whole reset is waited for', () => {
  const { limit: _, ...unknown } = empty;
  expect(toldByReset([{ ...unknown, shape: 'full' }])?.waitMs).toBe(60_001);
  expect(toldByReset([{ ...empty, limit: 0, shape: 'full' }])?.waitMs).toBe(60_001);
});

test('the longest wait of the empty buckets holds', () => {
  const other = { source: 'o', name: 'o', limit: 2, remaining: 0, resetMs: 50_000 };
  expect(toldByReset([other, empty, other])).toMatchObject({ waitMs: 60_001, source: 's' });
  const filling = [other, empty].map((each) => ({ ...each, shape: 'full' as const }));
  expect(toldByReset(filling)).toMatchObject({ waitMs: 25_000, source: 'o' });
});

test('a bucket that is not empty, or tells no reset, tells no wait', () => {
  const { remaining: _, ...unknown } = empty;
  const { resetMs: __, ...open } = empty;
  expect(toldByReset([{ ...empty, remaining: 1 }, unknown, open])).toBeUndefined();
  expect(toldByReset([{ ...empty, resetMs: 0 }])).toBeUndefined();
  expect(toldByReset([])).toBeUndefined();
});

test('the bucket that was hit counts as empty where no header tells what is left in it', () => {
  const { remaining: _, ...unknown } = empty;
  expect(toldByReset([unknown], 'n')).toMatchObject({ waitMs: 60_001, source: 's' });
  expect(toldByReset([unknown], 'other')).toBeUndefined();
  expect(toldByReset([{ ...empty, remaining: 1 }], 'n')).toBeUndefined();
});
