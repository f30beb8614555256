import { expect, test } from 'vitest';
import type { HeaderSource } from '../facts.js';
import { headerNames, readHeader } from './headers.js';

/** What AxiosHeaders is: it has `get`, and iterates over entries. */
class Iterating {
  readonly #entries: [string, unknown][];
  constructor(entries: [string, unknown][]) {
    this.#entries = entries;
  }
  get(name: string): unknown {
    return this.#entries.find(([key]) => key.toLowerCase() === name)?.[1];
  }
  [Symbol.iterator](): Iterator<[string, unknown]> {
    return this.#entries[Symbol.iterator]();
  }
}

test.each<[string, HeaderSource]>([
  ['Headers', new Headers({ 'Retry-After': '5' })],
  ['a Map', new Map([['retry-after', '5']])],
  ['an iterating reader', new Iterating([['Retry-After', '5']])],
  ['a record in lower case', { 'retry-after': '5' }],
  ['a record in any case', { date: 'x', 'RETRY-After': '5' }],
  ['a record without a prototype', Object.assign(Object.create(null), { 'retry-after': '5' })],
])('a header is read from %s, and its name is listed in lower case', (_, source) => {
  expect(readHeader(source, 'retry-after')).toBe('5');
  expect(readHeader(source, 'retry')).toBeUndefined();
  expect(headerNames(source)).toContain('retry-after');
});

test.each<[unknown, string | undefined]>([
  ['  5\t', '5'],
  ['', ''],
  [5, '5'],
  [0, '0'],
  [5n, '5'],
  [true, 'true'],
  [['5', 10], '5, 10'],
  [['5'], '5'],
  [[' 5 ', null], '5'],
  [[], undefined],
  [[['5']], undefined],
  [null, undefined],
  [{ toString: () => '5' }, undefined],
  [() => '5', undefined],
])('the value %o is read as %o', (value, text) => {
  expect(readHeader({ a: value }, 'a')).toBe(text);
  expect(readHeader({ get: () => value }, 'a')).toBe(text);
});

test('what objects inherit is not a header', () => {
  const inherited = Object.create({ 'retry-after': '5' });
  expect(readHeader(inherited, 'retry-after')).toBeUndefined();
  expect(headerNames(inherited)).toEqual([]);
});

test('a value that says nothing does not hide one in another case', () => {
  expect(readHeader({ 'retry-after': undefined, 'Retry-After': '5' }, 'retry-after')).toBe('5');
});

test('a header called get is a header', () => {
  expect(readHeader({ get: '1', date: '2' }, 'get')).toBe('1');
  expect(headerNames({ get: '1', date: '2' })).toEqual(['get', 'date']);
});

test('without headers there is nothing to read or to list', () => {
  for (const source of [undefined, null as unknown as undefined]) {
    expect(readHeader(source, 'date')).toBeUndefined();
    expect(headerNames(source)).toEqual([]);
  }
});

test('a getter that throws hides its header only', () => {
  const record = {
    get a(): string {
      throw new Error('no');
    },
    b: '1',
  };
  expect(readHeader(record, 'a')).toBeUndefined();
  expect(readHeader(record, 'b')).toBe('1');
  expect(headerNames(record)).toEqual(['a', 'b']);
});

test('names come once, and names that are no strings do not come', () => {
  expect(headerNames({ Date: 1, date: 2 })).toEqual(['date']);
  expect(headerNames({ get: () => '', keys: () => [1, 'A', null] } as HeaderSource)).toEqual(['a']);
});

test('a reader that cannot be listed gives no names', () => {
  expect(headerNames({ get: () => '5' })).toEqual([]);
});

test('a list of names that fails gives what came before', () => {
  const keys = function* () {
    yield 'a';
    throw new Error('no');
  };
  expect(headerNames({ get: () => '', keys } as HeaderSource)).toEqual(['a']);
});

test('a list of names that never ends is cut', () => {
  const keys = function* () {
    for (let index = 0; ; index += 1) yield `h${index}`;
  };
  expect(headerNames({ get: () => '', keys } as HeaderSource)).toHaveLength(1_000);
});
