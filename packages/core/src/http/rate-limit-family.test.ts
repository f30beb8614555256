import { describe, expect, test } from 'vitest';
import type { ProviderLimit } from '../provider-limit.js';
import { readRateLimitFamilies } from './rate-limit-family.js';

const NOW = 1_795_392_000_000;
const read = (headers: Record<string, string>) => readRateLimitFamilies(headers, NOW);

test.each([
  ['x-ratelimit-', '', 'default'],
  ['x-rate-limit-', '', 'default'],
  ['ratelimit-', '', 'default'],
  ['x-ratelimit-', '-requests', 'requests'],
  ['x-ratelimit-', '-a', 'a'],
  ['anthropic-ratelimit-a-', '', 'a'],
  ['x-ratelimit-', '-tokens_usage_based', 'tokens_usage_based'],
  ['x-ratelimit-', '-tokens-minute', 'tokens-minute'],
  ['x-rate-limit-', '-requests-day', 'requests-day'],
  ['anthropic-ratelimit-tokens-', '', 'tokens'],
  ['anthropic-ratelimit-input-tokens-', '', 'input-tokens'],
  ['anthropic-ratelimit-unified-5h-', '', 'unified-5h'],
])('%s…%s is the bucket called %s in its third place', (before, behind, name) => {
  const headers = {
    [`${before}limit${behind}`]: '100',
    [`${before}remaining${behind}`]: '0',
    [`${before}reset${behind}`]: '1795392034',
  };
  const limit = { source: `${before}reset${behind}`, name, limit: 100, remaining: 0 };
  expect(read(headers)).toEqual([{ ...limit, resetMs: 34_000 }]);
  const upper = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), v]));
  expect(read(upper)).toEqual([{ ...limit, resetMs: 34_000 }]);
});

test('buckets and families stay apart', () => {
  const limits = read({
    'x-ratelimit-remaining-requests': '1',
    'x-ratelimit-remaining-tokens': '2',
    'x-ratelimit-remaining': '3',
    'ratelimit-remaining': '4',
    'anthropic-ratelimit-tokens-remaining': '5',
  });
  expect(limits.map(({ remaining }) => remaining)).toEqual([1, 2, 3, 4, 5]);
});

test('other headers with similar names are none of them', () => {
  expect(
    read({
      'x-ratelimit-used': '1',
      'x-ratelimit-over-limit': 'no',
      'x-ratelimit-limit-': '1',
      'x-ratelimit-limit-a b': '1',
      [`x-ratelimit-limit-${'a'.repeat(65)}`]: '1',
      'my-x-ratelimit-limit': '1',
      'my-x-ratelimit-limit-a': '1',
      'my-anthropic-ratelimit-a-limit': '1',
      'anthropic-ratelimit-a-limits': '1',
      'ratelimit-policy': '1',
      'ratelimit-limit-requests': '1',
      'anthropic-ratelimit-limit': '1',
      limit: '1',
    }),
  ).toEqual([]);
});

test('the source is the header of the reset, else of what is left, else of the limit', () => {
  const limit = { 'x-ratelimit-limit': '1' };
  const remaining = { ...limit, 'x-ratelimit-remaining': '1' };
  const reset = { ...remaining, 'x-ratelimit-reset': '1' };
  expect([limit, remaining, reset].map((headers) => read(headers)[0]?.source)).toEqual([
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
  ]);
});

test('a reset that is relative outranks a date', () => {
  const headers = { 'x-ratelimit-reset': '1795392001.123', 'x-ratelimit-reset-after': '64.57' };
  const limit = { source: 'x-ratelimit-reset-after', name: 'default', resetMs: 64_570 };
  expect(read(headers)).toEqual([limit]);
  expect(read({ ...headers, 'x-ratelimit-reset-after': 'soon' })).toEqual([
    { ...limit, source: 'x-ratelimit-reset', resetMs: 1_123 },
  ]);
});

test.each(['limit', 'remaining'])('a negative %s makes the whole bucket absent', (field) => {
  const headers = {
    'x-ratelimit-limit-tokens': '5',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '0',
    'x-ratelimit-remaining-requests': '7',
  };
  expect(read(headers)).toHaveLength(2);
  expect(read({ ...headers, [`x-ratelimit-${field}-tokens`]: '-1' })).toEqual([
    { source: 'x-ratelimit-remaining-requests', name: 'requests', remaining: 7 },
  ]);
});

test.each([
  ['100', 100],
  ['100, 100;w=60', 100],
  ['100;w=60', 100],
  ['0', 0],
  ['99999999999999999999', Number.MAX_SAFE_INTEGER],
  ['', undefined],
  ['many', undefined],
  ['1e3', undefined],
  ['1.5', undefined],
  ['5 6', undefined],
])('the limit %s is %s', (value, limit) => {
  expect(read({ 'ratelimit-limit': value, 'ratelimit-remaining': '1' })[0]?.limit).toBe(limit);
});

test('a bucket of which nothing can be read is absent', () => {
  expect(read({ 'x-ratelimit-limit': 'no', 'x-ratelimit-reset': '-1' })).toEqual([]);
});

test.each([
  ['x-ratelimit-', '-requests'],
  ['x-ratelimit-', '-tokens'],
  ['x-ratelimit-', ''],
  ['x-rate-limit-', ''],
  ['ratelimit-', ''],
  ['anthropic-ratelimit-requests-', ''],
  ['anthropic-ratelimit-tokens-', ''],
  ['anthropic-ratelimit-input-tokens-', ''],
  ['anthropic-ratelimit-output-tokens-', ''],
])('where headers cannot be listed, %s…%s is asked for', (before, behind) => {
  const headers: Record<string, string> = {
    [`${before}limit${behind}`]: '9',
    [`${before}remaining${behind}`]: '7',
    [`${before}reset${behind}`]: '5',
  };
  expect(readRateLimitFamilies({ get: (name: string) => headers[name] }, NOW)).toMatchObject([
    { source: `${before}reset${behind}`, limit: 9, remaining: 7, resetMs: 5_000 },
  ]);
});

test('where headers can be listed, no other is asked for', () => {
  const asked: string[] = [];
  const headers = { get: (name: string) => asked.push(name), keys: () => ['x-ratelimit-limit'] };
  readRateLimitFamilies(headers, NOW);
  expect(asked).toEqual(['x-ratelimit-limit']);
});

describe('limits that a profile describes', () => {
  const read = (described: readonly ProviderLimit[], headers: Readonly<Record<string, string>>) =>
    readRateLimitFamilies(headers, NOW, described);

  test('have the names, units, windows and shapes that it gives them', () => {
    const limit: ProviderLimit = {
      name: 'requests-day',
      unit: 'requests',
      windowMs: 86_400_000,
      shape: 'full',
      headers: 'x-ratelimit-*-requests',
      reset: 'duration',
    };
    const headers = {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-remaining-other': '3',
    };
    expect(read([limit], headers)).toEqual([
      {
        source: 'x-ratelimit-reset-requests',
        name: 'requests-day',
        unit: 'requests',
        windowMs: 86_400_000,
        shape: 'full',
        limit: 10,
        remaining: 0,
        resetMs: 360_000,
      },
      { source: 'x-ratelimit-remaining-other', name: 'other', remaining: 3 },
    ]);
  });

  test('can be a used share, which empties its bucket at 1', () => {
    const limit = { name: '5h', unit: 'share', headers: 'x-5h-*' };
    const at = (utilization: string) =>
      read([limit], { 'x-5h-utilization': utilization, 'x-5h-reset': '1795392060' })[0];
    expect(at('0.25')).toMatchObject({ limit: 1, remaining: 0.75, resetMs: 60_000 });
    expect(at('1')).toMatchObject({ remaining: 0 });
    expect(at('1.02')).toMatchObject({ remaining: 0 });
    expect(at('none')).not.toHaveProperty('remaining');
  });

  test('can be one header of what is used and the limit', () => {
    const limit = { name: 'calls', unit: 'requests', headers: 'x-calls' };
    expect(read([limit], { 'x-calls': '32/40' })).toEqual([
      { source: 'x-calls', name: 'calls', unit: 'requests', limit: 40, remaining: 8 },
    ]);
    expect(read([limit], { 'x-calls': '41/40' })[0]).toMatchObject({ remaining: 0 });
    for (const text of ['', '32', '32/40/1', '-1/40'])
      expect(read([limit], { 'x-calls': text })).toEqual([]);
  });

  test('can be named by the server', () => {
    const limit = { name: 'any', nameIn: 'x-bucket', unit: 'requests', headers: 'x-ratelimit-*' };
    const headers = { 'x-ratelimit-remaining': '1', 'x-bucket': 'abcd1234' };
    expect(read([limit], headers)[0]?.name).toBe('abcd1234');
    expect(read([limit], { 'x-ratelimit-remaining': '1' })[0]?.name).toBe('any');
  });

  test('that no header tells are not read', () => {
    expect(read([{ name: 'c', unit: 'concurrency' }], { 'x-ratelimit-limit': '1' })).toHaveLength(
      1,
    );
    expect(read([{ name: 'c', unit: 'concurrency' }], {})).toEqual([]);
  });
});
