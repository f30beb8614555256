import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { describeRequest, type RequestParts } from './key-request.js';

const parts: RequestParts = {
  method: 'post',
  url: 'https://me@API.example.com:443/v1/Chat?key=query-secret#top',
  headers: { Authorization: 'Bearer header-secret', 'X-Org': 'acme' },
  body: '{"model":"gpt-4o"}',
};

test('a request is described by its parts', () => {
  const request = describeRequest(parts);
  expect(request.method).toBe('POST');
  expect(request.origin).toBe('https://api.example.com');
  expect(request.path).toBe('/v1/Chat');
  expect(request.model).toBe('gpt-4o');
  expect(request.header('x-ORG')).toBe('acme');
  expect(request.header('x-other')).toBeUndefined();
  for (const secret of ['me', 'header-secret', 'query-secret']) {
    expect(request.credential).toContain(secret);
  }
});

test('a host without a path has the path /', () => {
  expect(describeRequest({ ...parts, url: 'https://a.example' }).path).toBe('/');
  expect(describeRequest({ ...parts, url: 'https://a.example?x' }).path).toBe('/');
  expect(describeRequest({ ...parts, url: '' }).path).toBe('');
});

test('a part is not looked at before it is asked for, and the body only once', () => {
  let reads = 0;
  const request = describeRequest({
    method: 'POST',
    url: '/',
    headers: undefined,
    get body() {
      reads += 1;
      return 'no JSON';
    },
  });
  expect([request.method, request.credential, request.path, reads]).toEqual(['POST', '', '/', 0]);
  expect([request.model, request.model, reads]).toEqual([undefined, undefined, 1]);
});

test('a log of it shows no secret', () => {
  const request = describeRequest(parts);
  expect(request.credential).toContain('secret');
  expect(inspect(request, { depth: 9, showHidden: true })).not.toContain('secret');
  expect(JSON.stringify(request)).not.toContain('secret');
});

test('parts of the wrong type count as none', () => {
  const request = describeRequest({ method: 7, url: null, headers: null } as never);
  expect(request.method).toBe('');
  expect(request.origin).toBe('');
  expect(request.path).toBe('');
  expect(request.credential).toBe('');
  expect(request.header(undefined as never)).toBeUndefined();
});
