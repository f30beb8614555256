import { expect, test } from 'vitest';
import { headerText, type RequestHeaders, readRequestHeader } from './request-headers.js';

const forms: readonly (readonly [string, RequestHeaders])[] = [
  ['a record', { Accept: 'x', 'X-Org': ' acme ' }],
  ['pairs', [['X-Org', 'acme']]],
  ['a Headers', new Headers({ 'X-Org': 'acme' })],
  ['a Map', new Map([['X-Org', 'acme']])],
];

test.each(forms)('a header is found in %s, whatever the case of its name', (_, headers) => {
  expect(readRequestHeader(headers, 'x-org')).toBe('acme');
  expect(readRequestHeader(headers, 'x-other')).toBeUndefined();
});

test('the values of a header that is there several times are joined', () => {
  const pairs = [
    ['a', '1'],
    ['b', '2'],
    ['A', '3'],
  ] as const;
  expect(readRequestHeader(pairs, 'a')).toBe('1, 3');
  expect(readRequestHeader({ a: ['1', '3'] }, 'a')).toBe('1, 3');
});

test('headers that cannot be read have none', () => {
  const hostile = {
    get a(): string {
      throw new Error('hostile');
    },
  };
  expect(readRequestHeader(hostile, 'a')).toBeUndefined();
  expect(readRequestHeader(undefined, 'a')).toBeUndefined();
  expect(readRequestHeader([undefined, 'ab', 7] as never, 'a')).toBeUndefined();
  expect(readRequestHeader(null as never, 'a')).toBeUndefined();
});

test('the text of a value is trimmed, and empty when it is none', () => {
  expect(headerText(' a ')).toBe('a');
  expect(headerText(['a', 'b'])).toBe('a, b');
  expect(headerText(7)).toBe('7');
  expect(headerText(undefined)).toBe('');
  expect(headerText({})).toBe('');
});
