import { expect, test } from 'vitest';
import { readCredential } from './credential.js';
import type { RequestHeaders } from './request-headers.js';
import { splitUrl } from './url-parts.js';

const URL = 'https://api.example.com/v1/x';
const read = (headers?: RequestHeaders, url = URL) => readCredential(headers, splitUrl(url));

test('a request without a credential has an empty one', () => {
  expect(read()).toBe('');
  expect(read({ accept: 'application/json', 'x-organization': 'o' })).toBe('');
  expect(read({ authorization: '', 'x-api-key': undefined })).toBe('');
  expect(read({}, `${URL}?key=&model=x`)).toBe('');
});

test.each(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])(
  'the header %s is one, in any case and in any form of headers',
  (name) => {
    const credential = read({ [name]: 'secret' });
    expect(credential).toContain('secret');
    const loud = name.toUpperCase();
    expect(read({ accept: 'x', [loud]: ' secret ' })).toBe(credential);
    expect(read([[loud, 'secret']])).toBe(credential);
    expect(read(new Map([[loud, 'secret']]))).toBe(credential);
    expect(read(new Headers({ [loud]: 'secret' }))).toBe(credential);
  },
);

test('a header whose name only has the same length is none', () => {
  expect(
    read({ authorizatiom: 's', 'x-api-kex': 's', 'apx-key': 's', 'x-goog-api-kex': 's' }),
  ).toBe('');
});

test('the same text in another place is another credential', () => {
  const all = [
    read({ authorization: 's' }),
    read({ 'x-api-key': 's' }),
    read({ 'api-key': 's' }),
    read({ 'x-goog-api-key': 's' }),
    read({}, `${URL}?key=s`),
    read({}, 'https://s@api.example.com/v1/x'),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('all that are there count, whatever their order', () => {
  const both = read({ authorization: 'a', 'x-api-key': 'b' });
  expect(read({ 'x-api-key': 'b', authorization: 'a' })).toBe(both);
  expect(read({ authorization: 'a', 'x-api-key': 'c' })).not.toBe(both);
  expect(read({ authorization: 'c', 'x-api-key': 'b' })).not.toBe(both);
  expect(read({ authorization: 'a' })).not.toBe(both);
  const twice = [
    ['api-key', 'a'],
    ['Api-Key', 'b'],
  ] as const;
  expect(read(twice)).not.toBe(read({ 'api-key': 'a' }));
  expect(read(twice)).not.toBe(read({ 'api-key': 'b' }));
});

test('the parameter key of the query is one, wherever it stands', () => {
  const credential = read({}, `${URL}?key=secret`);
  expect(credential).toContain('secret');
  expect(read({}, `${URL}?alt=sse&key=secret#top`)).toBe(credential);
  expect(read({}, `${URL}?key=secret&alt=sse`)).toBe(credential);
  expect(read({}, '/v1/x?key=secret')).toBe(credential);
  expect(read({}, `${URL}?key=secret&key=other`)).not.toBe(credential);
  expect(read({}, `${URL}?key=other&key=secret`)).not.toBe(credential);
});

test('a parameter whose name only ends in key, or a key in the fragment, is none', () => {
  expect(read({}, `${URL}?monkey=a&api_key=b&q=key=c&x?key=d`)).toBe('');
  expect(read({}, `${URL}#?key=a`)).toBe('');
  expect(read({}, `${URL}/key=a`)).toBe('');
});

test('the user info of the URL is one', () => {
  expect(read({}, 'https://me:secret@api.example.com/')).toContain('me:secret');
});

test('what was found before a header that throws still counts', () => {
  const hostile = {
    'x-api-key': 'a',
    get authorization(): string {
      throw new Error('hostile');
    },
  };
  expect(read(hostile)).toBe(read({ 'x-api-key': 'a' }));
});
