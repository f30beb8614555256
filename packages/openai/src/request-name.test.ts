import { describe, expect, test } from 'vitest';
import { nameRequest } from './request-name.js';

const URL_ = 'https://api.test/v1/chat';
const init = (more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  body: '{"a":1}',
  headers: { authorization: 'Bearer sk-1' },
  ...more,
});

test('an equal request has an equal name', () => {
  expect(nameRequest(URL_, init())).toEqual(nameRequest(new URL(URL_), init()));
});

test.each<[string, string, RequestInit]>([
  ['URL', `${URL_}/2`, {}],
  ['method', URL_, { method: 'PUT' }],
  ['body', URL_, { body: '{"a":2}' }],
])('another %s makes another request', (_, url, more) => {
  const one = nameRequest(URL_, init());
  const other = nameRequest(url, init(more));
  expect(other.content).not.toBe(one.content);
  expect(other.whole).not.toBe(one.whole);
});

test('other headers make another request with the same content', () => {
  const one = nameRequest(URL_, init());
  const other = nameRequest(URL_, init({ headers: { authorization: 'Bearer sk-2' } }));
  expect(other.content).toBe(one.content);
  expect(other.whole).not.toBe(one.whole);
});

test('what belongs to one attempt is left out: the count of the SDK, and tracing', () => {
  const headers = {
    authorization: 'Bearer sk-1',
    'X-Stainless-Retry-Count': '1',
    traceparent: '00-1-2-01',
  };
  expect(nameRequest(URL_, init({ headers }))).toEqual(nameRequest(URL_, init()));
});

describe('a body that is no text', () => {
  const name = (body: BodyInit) => nameRequest(URL_, init({ body })).content;

  test('is the same as itself alone', () => {
    const form = new FormData();
    const bytes = new Uint8Array(2);
    expect(name(form)).toBe(name(form));
    expect(name(bytes)).toBe(name(bytes));
    expect(name(new Uint8Array(2))).not.toBe(name(bytes));
    expect(name(new FormData())).not.toBe(name(form));
  });

  test('is not taken for a text or for none', () => {
    expect(name(new Uint8Array(0))).not.toBe(name(''));
    expect(nameRequest(URL_, { method: 'POST' })).toEqual(nameRequest(URL_, { method: 'POST' }));
  });
});

test('headers that no fetch would take count as none', () => {
  const headers = { 'not a name': 'x' };
  expect(() => nameRequest(URL_, init({ headers }))).not.toThrow();
});
