import { describe, expect, test } from 'vitest';
import { LONGEST_WAIT_MS } from './duration.js';
import vectors from './header-vectors.json' with { type: 'json' };
import { parseReset } from './reset-value.js';

const NOW = vectors.nowMs;

describe('vectors', () => {
  test.each(vectors.reset)('$provider: $value', ({ value, waitMs }) => {
    expect(parseReset(value, NOW) ?? null).toBe(waitMs);
  });
});

test.each([
  ['1h2m3.5s', 3_723_500],
  ['45.837906927s', 45_838],
  [' 6 ', 6_000],
  ['0.0001', 1],
  ['999999999.9995', 1_000_000_000_000],
  ['1795392001.0001', 1_001],
  ['1795392060000.5', 60_001],
  ['Mon, 23 Nov 2026 00:00:05 GMT', 5_000],
  ['2026-11-23T01:00:00.5+01:00', 500],
  ['1000000000', 0],
  ['1000000000000', 0],
  ['2020-11-23T00:00:00Z', 0],
])('%s means %s ms', (value, waitMs) => {
  expect(parseReset(value, NOW)).toBe(waitMs);
});

test('a number beyond all bounds is a finite wait', () => {
  expect(parseReset('9'.repeat(400), NOW)).toBe(LONGEST_WAIT_MS - NOW);
});

test.each(['-1', '-5s', '', ' ', 'soon', '1e9', '0x10', 'NaN', 'Infinity', '1d', '5, 6', '+5'])(
  '%j is no reset',
  (value) => {
    expect(parseReset(value, NOW)).toBeUndefined();
  },
);
