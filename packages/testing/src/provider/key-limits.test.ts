import { expect, test } from 'vitest';
import { countTokens } from './completion.js';
import { KeyLimits } from './key-limits.js';

function setUp() {
  let nowMs = 1_700_000_000_000;
  const clock = { now: () => nowMs, setTimer: () => () => {} };
  const limits = new KeyLimits({
    clock,
    clockSkewMs: 0,
    rateLimit: { shape: 'window', limit: 3, perMs: 1000 },
    tokenLimit: { shape: 'bucket', limit: 100, perMs: 10_000 },
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { limits, pass };
}

test('requests and tokens both have to let a request in, and a refused one counts in neither', () => {
  const { limits } = setUp();
  expect(limits.admit('k', 90)).toEqual({
    headers: {
      'x-ratelimit-limit-requests': '3',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '1700000001',
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '10',
      'x-ratelimit-reset-tokens': '1700000009',
    },
  });
  expect(limits.admit('k', 20)).toMatchObject({
    refusedForS: 1,
    headers: { 'x-ratelimit-remaining-requests': '2', 'x-ratelimit-remaining-tokens': '10' },
  });
  expect(limits.admit('k', 10).refusedForS).toBeUndefined();
});

test('a limit can be changed, and what is used stays used', () => {
  const { limits, pass } = setUp();
  limits.admit('k', 50);
  limits.change({ rateLimit: { shape: 'window', limit: 1, perMs: 1000 } });
  expect(limits.admit('k', 5000)).toMatchObject({ refusedForS: 1 });
  pass(1000);
  expect(limits.admit('k', 5000).headers).toEqual({
    'x-ratelimit-limit-requests': '1',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1700000002',
  });
});

test('only completions take tokens', () => {
  const body = (value: unknown) => Buffer.from(JSON.stringify(value));
  expect(countTokens(body({ messages: [] }))).toBe(10);
  expect(countTokens(body({ prompt: 'Waves' }))).toBe(0);
  expect(countTokens(Buffer.from('{'))).toBe(0);
});
