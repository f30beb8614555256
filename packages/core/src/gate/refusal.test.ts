import { expect, test } from 'vitest';
import type { Facts } from '../facts.js';
import { giveRefusal, keepRefusal } from './refusal.js';
import { refusalOf } from './rig.test.support.js';

const { failure, outcome } = refusalOf();

test('of an answer its kind of body, its rate limits and its body are kept, and nothing else', () => {
  const headers = {
    'Content-Type': 'application/json',
    'X-RateLimit-Remaining-Requests': '0',
    RateLimit: '"default";r=0;t=30',
    'Retry-After': '30',
    'Set-Cookie': 'session=secret',
    'x-request-id': 'req_1',
    authorization: 'Bearer secret',
  };
  expect(keepRefusal({ status: 429, headers, body: '{"error":{}}' }, failure, outcome)).toEqual({
    failure,
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-remaining-requests': '0',
      ratelimit: '"default";r=0;t=30',
    },
    body: '{"error":{}}',
    outcome,
  });
});

test('headers are read from a Headers object as well', () => {
  const headers = new Headers({ 'content-type': 'text/plain', 'x-secret': 'yes' });
  expect(keepRefusal({ status: 402, headers }, failure, outcome).headers).toEqual({
    'content-type': 'text/plain',
  });
});

test.each<Facts>([{}, { status: 429 }, { error: new Error('no answer') }])(
  'what has neither headers nor a body is kept as it is: %j',
  (facts) => {
    expect(keepRefusal(facts, failure, outcome)).toMatchObject({ headers: {}, body: '' });
  },
);

test('the outcome is kept itself, not a copy', () => {
  expect(keepRefusal({}, failure, outcome).outcome).toBe(outcome);
  expect(giveRefusal(keepRefusal({}, failure, outcome), 5000).outcome).toBe(outcome);
});

test.each([
  [30_000, '30'],
  [29_001, '30'],
  [1, '1'],
  [0, '1'],
  [-5000, '1'],
])('%i ms that are left are told as Retry-After: %s', (leftMs, seconds) => {
  const given = giveRefusal(refusalOf(), leftMs);
  expect(given.headers).toEqual({ 'retry-after': seconds });
  expect(given.retryAfterMs).toBe(Math.max(0, leftMs));
});

test('where nobody knows how long it takes no Retry-After is made up', () => {
  const given = giveRefusal(refusalOf(), Number.POSITIVE_INFINITY);
  expect(given.headers).toEqual({});
  expect(given).not.toHaveProperty('retryAfterMs');
});

test('giving a refusal leaves the kept one as it is', () => {
  const kept = refusalOf();
  giveRefusal(kept, 1000);
  expect(kept).toEqual(refusalOf());
});
