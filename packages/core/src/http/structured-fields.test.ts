import { expect, test } from 'vitest';
import { parseItemDictionary, parseItemList, toCount } from './structured-fields.js';

test('a list gives its items with their parameters', () => {
  const items = parseItemList('"a";r=1;x="y", "b";r=2');
  expect(items?.map(({ value, parameters }) => [value, Object.fromEntries(parameters)])).toEqual([
    ['a', { r: 1, x: 'y' }],
    ['b', { r: 2 }],
  ]);
});

test('a token is not a string', () => {
  expect(typeof parseItemList('a')?.[0]?.value).toBe('object');
});

test.each([
  '"a',
  '"a",',
  '"a";r=',
  '"a" "b"',
  'limit=1',
  '("a" "b")',
  '"a", ("b")',
  'é',
  '"a";t=@x',
])('the list %s is malformed as a whole', (text) => {
  expect(parseItemList(text)).toBeUndefined();
});

test('a dictionary gives its values by key, the last of two', () => {
  expect(parseItemDictionary('limit=100, remaining=50;x=1, limit=7')).toEqual(
    new Map([
      ['limit', 7],
      ['remaining', 50],
    ]),
  );
});

test.each(['"a"', 'a=', 'a=1,', 'A=1'])('the dictionary %s is malformed as a whole', (text) => {
  expect(parseItemDictionary(text)).toBeUndefined();
});

test('a count is an integer that is not negative', () => {
  expect(toCount(0)).toBe(0);
  expect(toCount(-0)).toBe(0);
  expect(toCount(5)).toBe(5);
  for (const other of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', true, undefined, null]) {
    expect(toCount(other)).toBeUndefined();
  }
});
