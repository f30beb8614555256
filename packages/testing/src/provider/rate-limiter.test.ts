import { describe, expect, test } from 'vitest';
import { type RateLimit, RateLimiter } from './rate-limiter.js';

const START_MS = 1_700_000_000_123;

/** Asks at these times, and tells who was admitted. */
function admitted(limit: RateLimit, timesMs: readonly number[]): boolean[] {
  const limiter = new RateLimiter(limit);
  return timesMs.map((ms) => limiter.admit('k', START_MS + ms).admitted);
}

describe('a window', () => {
  const limit: RateLimit = { shape: 'window', limit: 2, perMs: 1000 };

  test('begins with its first request, and lets in no more than its limit', () => {
    expect(admitted(limit, [0, 999, 999, 1000, 1500, 1999, 2000])).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  test('tells its end and what is left', () => {
    const limiter = new RateLimiter(limit);
    const resetAtMs = START_MS + 1000;
    const said = { admitted: true, freeAtMs: resetAtMs, resetAtMs };
    expect(limiter.admit('k', START_MS)).toEqual({ ...said, remaining: 1 });
    expect(limiter.admit('k', START_MS + 10)).toEqual({ ...said, remaining: 0 });
    const refused = { ...said, admitted: false, remaining: 0 };
    expect(limiter.admit('k', START_MS + 20)).toEqual(refused);
  });
});

describe('a bucket', () => {
  const limit: RateLimit = { shape: 'bucket', limit: 4, perMs: 1000 };

  test('allows a burst, then one request at a time', () => {
    expect(admitted(limit, [0, 0, 0, 0, 0, 249, 250, 250, 750, 750, 750])).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test('is free sooner than it is full', () => {
    const limiter = new RateLimiter(limit);
    for (const remaining of [3, 2, 1, 0]) {
      expect(limiter.admit('k', START_MS)).toMatchObject({ admitted: true, remaining });
    }
    expect(limiter.admit('k', START_MS)).toEqual({
      admitted: false,
      remaining: 0,
      freeAtMs: START_MS + 250,
      resetAtMs: START_MS + 1000,
    });
  });

  test('loses nothing to fractions', () => {
    const third: RateLimit = { shape: 'bucket', limit: 3, perMs: 1000 };
    const times = Array.from({ length: 300 }, (_, index) => Math.ceil((index * 1000) / 3));
    expect(admitted(third, times)).toEqual(times.map(() => true));
  });
});

test('keys do not share a limit', () => {
  const limiter = new RateLimiter({ shape: 'window', limit: 1, perMs: 1000 });
  expect(limiter.admit('a', 0).admitted).toBe(true);
  expect(limiter.admit('b', 0).admitted).toBe(true);
  expect(limiter.admit('a', 0).admitted).toBe(false);
});
