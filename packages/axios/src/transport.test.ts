import { afterEach, expect, test } from 'vitest';
import { transportOf } from './transport.js';

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
});

const own = async () => ({}) as never;

test('in Node the default is http, unless there is the class of browsers', () => {
  expect(transportOf(undefined, true)).toBe('http');
  expect(transportOf(['xhr', 'http', 'fetch'], true)).toBe('http');
  Object.assign(globalThis, { XMLHttpRequest: class {} });
  expect(transportOf(undefined, true)).toBe('xhr');
});

test('elsewhere it is xhr, or fetch', () => {
  expect(transportOf(undefined, false)).toBe('fetch');
  Object.assign(globalThis, { XMLHttpRequest: class {} });
  expect(transportOf(undefined, false)).toBe('xhr');
});

test('a name is itself, in any case, and a function or an unknown name is another', () => {
  expect(transportOf('Fetch', true)).toBe('fetch');
  expect(transportOf('HTTP', true)).toBe('http');
  expect(transportOf(own, true)).toBe('other');
  expect(transportOf([own, 'http'], true)).toBe('other');
  expect(transportOf('nothing', true)).toBe('other');
  expect(transportOf([], true)).toBe('other');
});
