import { describe, expect, test } from 'vitest';
import { headersOf, type Init, type Input, methodOf, signalOf, urlOf } from './request-parts.js';

const URL_TEXT = 'https://api.test/a?b=c';
const request = new Request(URL_TEXT, { method: 'PATCH', headers: { a: 'b' } });
const { signal } = new AbortController();

describe('the method', () => {
  test.each<[string, Input, Init | undefined]>([
    ['GET', URL_TEXT, undefined],
    ['GET', new URL(URL_TEXT), {}],
    ['POST', URL_TEXT, { method: 'post' }],
    ['PATCH', request, undefined],
    ['PATCH', request, {}],
    ['PUT', request, { method: 'put' }],
    ['NULL', URL_TEXT, { method: null as unknown as string }],
  ])('%s', (expected, input, init) => {
    expect(methodOf(input, init)).toBe(expected);
  });
});

describe('the signal', () => {
  test.each<[string, Input, Init | undefined, AbortSignal | undefined]>([
    ['none', URL_TEXT, undefined, undefined],
    ['that of init', URL_TEXT, { signal }, signal],
    ['that of the Request', request, { method: 'PUT' }, request.signal],
    ['that of init before the Request’s', request, { signal }, signal],
    ['none, where init says null', request, { signal: null }, undefined],
  ])('%s', (_, input, init, expected) => {
    expect(signalOf(input, init)).toBe(expected);
  });
});

test.each<[Input, string]>([
  [URL_TEXT, URL_TEXT],
  [new URL(URL_TEXT), URL_TEXT],
  [request, URL_TEXT],
  ['/relative', '/relative'],
  [null as unknown as string, 'null'],
])('the URL of %s', (input, expected) => {
  expect(urlOf(input)).toBe(expected);
});

test('the headers of init stand instead of those of the Request', () => {
  const headers = { c: 'd' };
  expect(headersOf(request, { headers })).toBe(headers);
  expect(headersOf(request, {})).toBe(request.headers);
  expect(headersOf(URL_TEXT, {})).toBeUndefined();
});
