import { expect, test } from 'vitest';
import { readRequestId } from './request-id.js';

test('the first of the known names holds', () => {
  const headers: Record<string, string> = {
    'CF-Ray': '4',
    'x-amzn-RequestId': '3',
    'request-id': '2',
    'x-request-id': '1',
  };
  const order = [];
  for (const name of Object.keys(headers).reverse()) {
    order.push(readRequestId(headers));
    delete headers[name];
  }
  expect(order).toEqual(['1', '2', '3', '4']);
  expect(readRequestId(headers)).toBeUndefined();
  expect(readRequestId(undefined)).toBeUndefined();
});

test.each(['', 'a b', 'é', 'a\u0000', 'x'.repeat(129)])('%j is no id, so the next holds', (id) => {
  expect(readRequestId({ 'x-request-id': id })).toBeUndefined();
  expect(readRequestId({ 'x-request-id': id, 'cf-ray': 'ray' })).toBe('ray');
});

test('an id has up to 128 visible characters', () => {
  expect(readRequestId({ 'x-request-id': '~'.repeat(128) })).toBe('~'.repeat(128));
});
