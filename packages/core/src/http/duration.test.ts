import { expect, test } from 'vitest';
import { decimalMs, goDurationMs, LONGEST_WAIT_MS, waitUntil } from './duration.js';

test.each([
  ['34', 34_000],
  ['0', 0],
  ['007', 7_000],
  ['2.0', 2_000],
  ['5.', 5_000],
  ['0.314', 314],
  ['299.997', 299_997],
  ['64.57', 64_570],
  ['1.1', 1_100],
  ['4.35', 4_350],
  ['1.0001', 1_001],
  ['0.0000000000000000000000000000001', 1],
  ['1.00000000000000000000000000000000', 1_000],
  ['9007199254740.991', LONGEST_WAIT_MS],
  ['9007199254740.9911', LONGEST_WAIT_MS],
])('%s seconds are %s ms, rounded up without the errors of binary fractions', (text, ms) => {
  expect(decimalMs(text, 's')).toBe(ms);
});

test('however many digits there are, the wait is finite', () => {
  expect(decimalMs('9'.repeat(10_000), 's')).toBe(LONGEST_WAIT_MS);
  expect(decimalMs(`${'0'.repeat(10_000)}1.${'0'.repeat(10_000)}`, 's')).toBe(1_000);
  expect(goDurationMs(`${'9'.repeat(10_000)}ns`)).toBe(LONGEST_WAIT_MS);
  expect(goDurationMs('9999999h'.repeat(2_000))).toBe(LONGEST_WAIT_MS);
});

test('milliseconds are rounded up too', () => {
  expect(decimalMs('1500.5', 'ms')).toBe(1_501);
  expect(decimalMs('1500', 'ms')).toBe(1_500);
});

test.each([
  '',
  ' 5',
  '5 ',
  '-5',
  '+5',
  '.5',
  '1e9',
  '0x10',
  '1,5',
  '1.5.5',
  'NaN',
  'Infinity',
  '٣',
  '5s',
  '5\n',
])('%j is no decimal', (text) => {
  expect(decimalMs(text, 's')).toBeUndefined();
});

test.each([
  ['6m0s', 360_000],
  ['1h2m3.5s', 3_723_500],
  ['120ms', 120],
  ['2m59.56s', 179_560],
  ['7.66s', 7_660],
  ['45.837906927s', 45_838],
  ['0s', 0],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1ns', 1],
  ['1000000ns', 1],
  ['1000001ns', 2],
  ['0.000000000000000000000001ns', 1],
  ['2000us', 2],
  ['2000µs', 2],
  ['2000μs', 2],
  ['2000\u00c2\u00b5s', 2],
  ['2000\u00ce\u00bcs', 2],
  ['0.6ms0.6ms', 2],
  ['0.5ms0.5ms', 1],
])('the Go duration %s is %s ms', (text, ms) => {
  expect(goDurationMs(text)).toBe(ms);
});

test.each([
  '',
  '5',
  's',
  '-5s',
  '+5s',
  '1d',
  '5 s',
  '5s ',
  '1m30',
  '.s',
  '1.5.5s',
  '5S',
  'm5',
  '1s,2s',
])('%j is no Go duration', (text) => {
  expect(goDurationMs(text)).toBeUndefined();
});

test('a wait is rounded up, never negative and always finite', () => {
  expect(waitUntil(1_000.2, 1_000)).toBe(1);
  expect(waitUntil(1_005, 1_000)).toBe(5);
  expect(waitUntil(999, 1_000)).toBe(0);
  expect(waitUntil(999, Number.NaN)).toBe(0);
  expect(waitUntil(1e300, 0)).toBe(LONGEST_WAIT_MS);
  expect(waitUntil(1, Number.NEGATIVE_INFINITY)).toBe(LONGEST_WAIT_MS);
});
