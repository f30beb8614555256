import { expect, test } from 'vitest';
import { pathOf, queryOf, splitUrl } from './url-parts.js';

const originOf = (url: string) => splitUrl(url).origin;

test.each([
  ['https://api.example.com/v1/x?a=b', 'https://api.example.com'],
  ['https://api.example.com', 'https://api.example.com'],
  ['http://api.example.com?x', 'http://api.example.com'],
  ['http://api.example.com#x', 'http://api.example.com'],
  ['HTTPS://API.Example.COM/v1', 'https://api.example.com'],
  ['http://localhost:3000/v1', 'http://localhost:3000'],
  ['http://[::1]:3000/v1', 'http://[::1]:3000'],
  ['  https://api.example.com/ ', 'https://api.example.com'],
  ['\u0000https://api.example.com/', 'https://api.example.com'],
  ['ht\ntps://api.exa\tmple.com/', 'https://api.example.com'],
  ['https:api.example.com/x', 'https://api.example.com'],
  ['https:\\\\api.example.com\\x', 'https://api.example.com'],
  ['https:////api.example.com/x', 'https://api.example.com'],
  ['capacitor://localhost/x', 'capacitor://localhost'],
])('the origin of %j is %j', (url, origin) => {
  expect(originOf(url)).toBe(origin);
});

test('a port that is the default of the scheme is no part of the origin, another one is', () => {
  expect(originOf('https://a.example:443/x')).toBe('https://a.example');
  expect(originOf('http://a.example:80')).toBe('http://a.example');
  expect(originOf('https://a.example:/x')).toBe('https://a.example');
  expect(originOf('https://a.example:80/x')).toBe('https://a.example:80');
  expect(originOf('http://a.example:443/x')).toBe('http://a.example:443');
});

test('a relative URL has no origin, and its path stays as it is', () => {
  expect(splitUrl('/v1/x?y')).toEqual({ origin: '', userInfo: '', rest: '/v1/x?y' });
  expect(splitUrl('v1/x')).toEqual({ origin: '', userInfo: '', rest: 'v1/x' });
  expect(splitUrl('')).toEqual({ origin: '', userInfo: '', rest: '' });
});

test('a URL without a scheme keeps its host', () => {
  expect(splitUrl('//a.example/x')).toEqual({ origin: '//a.example', userInfo: '', rest: '/x' });
});

test('a URL that no server answers has no parts', () => {
  expect(splitUrl('data:text/plain,secret')).toEqual({ origin: '', userInfo: '', rest: '' });
  expect(splitUrl('file:///etc/x')).toEqual({ origin: '', userInfo: '', rest: '/etc/x' });
});

test.each([
  'https://me:secret@a.example/x@y',
  'HTTPS://me:secret@A.example/x@y',
  ' https:me:secret@a.example/x@y',
  'https:\\/me:sec\nret@a.example/x@y',
  '\u0001https://me:secret@a.example/x@y',
])('the user info of %j stands apart from its origin', (url) => {
  expect(splitUrl(url)).toEqual({
    origin: 'https://a.example',
    userInfo: 'me:secret',
    rest: '/x@y',
  });
});

test('what follows the last at sign is the host', () => {
  expect(splitUrl('//a@b@c.example/')).toEqual({
    origin: '//c.example',
    userInfo: 'a@b',
    rest: '/',
  });
});

test('a path ends at the query or the fragment, whichever comes first', () => {
  expect(pathOf('/a/b?c#d')).toBe('/a/b');
  expect(pathOf('/a/b#c?d')).toBe('/a/b');
  expect(pathOf('/a/b')).toBe('/a/b');
  expect(pathOf('/a\n/b')).toBe('/a/b');
});

test('a query lies between its question mark and the fragment', () => {
  expect(queryOf('/a?b=c?d#e?f')).toBe('b=c?d');
  expect(queryOf('/a?b=c')).toBe('b=c');
  expect(queryOf('/a?b\n=c')).toBe('b=c');
  expect(queryOf('/a#b?c')).toBe('');
  expect(queryOf('/a')).toBe('');
});
