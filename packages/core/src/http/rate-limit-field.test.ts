import { describe, expect, test } from 'vitest';
import vectors from './header-vectors.json' with { type: 'json' };
import { readRateLimits } from './rate-limit.js';
import { readRateLimitField, readRateLimitPolicies } from './rate-limit-field.js';

describe('vectors', () => {
  test.each(vectors.ietf)('$headers', ({ headers, items, policies = [] }) => {
    const limits = readRateLimits(headers as Record<string, string>, vectors.nowMs);
    expect(
      limits.map(({ name, limit, remaining, resetMs }) => ({ name, limit, remaining, resetMs })),
    ).toEqual(
      (items as { name?: string; limit?: number; r: number; t: number }[]).map((item) => ({
        name: item.name ?? 'default',
        limit: item.limit,
        remaining: item.r,
        resetMs: item.t * 1_000,
      })),
    );
    expect(readRateLimitPolicies(headers as Record<string, string>)).toEqual(
      policies.map(({ name, q, w }) => ({ name, quota: q, unit: 'requests', windowMs: w * 1_000 })),
    );
  });
});

test('every item is a limit of its own, and a reset may be missing', () => {
  expect(readRateLimitField({ ratelimit: '"a";r=0;t=3, "b";r=7' })).toEqual([
    { source: 'ratelimit', name: 'a', remaining: 0, resetMs: 3_000 },
    { source: 'ratelimit', name: 'b', remaining: 7 },
  ]);
});

test('the limit is the quota of the policy with the same name', () => {
  const headers = { ratelimit: '"a";r=0;t=3, "b";r=7', 'ratelimit-policy': '"b";q=10;w=60' };
  expect(readRateLimitField(headers).map(({ limit }) => limit)).toEqual([undefined, 10]);
});

test.each([
  'garbage',
  '',
  '"a"',
  '"a";t=5',
  '"a";r=-1',
  '"a";r=1.5',
  '"a";r="1"',
  '"a";r=1;t=-1',
  '"a";r=1;t=1.5',
  '"a";r=1;t',
  'a;r=1;t=5',
  '5;r=1;t=5',
  '"a";r=1;t=5, "b";t=5',
  '"a";r=1;t=5,',
  'limit=100, reset=5',
  'remaining=-1, reset=5',
  'remaining=1, reset=-5',
  'remaining=1, reset=0.5',
  'remaining=1, limit=-5',
  'remaining=1, reset=5,',
])('the malformed field %j is ignored as a whole', (ratelimit) => {
  expect(readRateLimitField({ ratelimit })).toEqual([]);
});

test('the dictionary of draft 7 needs nothing but what is left', () => {
  expect(readRateLimitField({ ratelimit: 'remaining=4' })).toEqual([
    { source: 'ratelimit', name: 'default', remaining: 4 },
  ]);
});

test('the longest reset that can be written is a safe integer', () => {
  const [limit] = readRateLimitField({ ratelimit: '"a";r=0;t=999999999999999' });
  expect(limit?.resetMs).toBe(Number.MAX_SAFE_INTEGER);
});

test('a policy may count another unit and have no window', () => {
  expect(readRateLimitPolicies({ 'ratelimit-policy': '"a";q=5;qu="tokens"' })).toEqual([
    { name: 'a', quota: 5, unit: 'tokens' },
  ]);
});

test.each([
  '"a";w=60',
  '"a";q=-1',
  '"a";q=5;w=0',
  '"a";q=5;w=1.5',
  '"a";q=5;qu=tokens',
  '100;w=60',
  '"a',
])('the malformed policy %j is ignored', (policy) => {
  expect(readRateLimitPolicies({ 'ratelimit-policy': `"z";q=1, ${policy}` })).toEqual([]);
});
