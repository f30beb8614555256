import { expect, test } from 'vitest';
import { serverNow } from './server-now.js';

test('the Date header is the server clock', () => {
  const date = 'Mon, 23 Nov 2026 00:00:05 GMT';
  expect(serverNow({ Date: date }, 7)).toBe(Date.UTC(2026, 10, 23, 0, 0, 5));
});

test('of two Date headers, which a proxy on the way may have made, the first holds', () => {
  const date = 'Mon, 23 Nov 2026 00:00:05 GMT, Mon, 23 Nov 2026 00:00:06 GMT';
  expect(serverNow({ date }, 7)).toBe(Date.UTC(2026, 10, 23, 0, 0, 5));
});

test('without a Date that can be read, ours is', () => {
  expect(serverNow({ date: 'today' }, 7)).toBe(7);
  expect(serverNow({}, 7)).toBe(7);
  expect(serverNow(undefined, 7)).toBe(7);
});
