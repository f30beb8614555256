import { decide, type Facts } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { flexai } from './flexai.js';

function envelope(type: string, code: string | null = null): string {
  return JSON.stringify({ error: { message: 'm', type, code } });
}

function ask(facts: Facts): string {
  const decision = decide({ method: 'POST', random: 0, ...facts }, { provider: flexai });
  return decision.action === 'give-up' ? decision.reason : decision.action;
}

test.each<[string, Facts]>([
  ['permanent', { status: 400, body: envelope('invalid_request_error', 'model_not_found') }],
  ['permanent', { status: 401, body: envelope('authentication_error', 'invalid_api_key') }],
  ['permanent', { status: 404, body: envelope('not_found_error', 'job_not_found') }],
  ['quota-exhausted', { status: 402, body: envelope('insufficient_quota', '402') }],
  ['quota-exhausted', { status: 402 }],
  ['quota-exhausted', { status: 429, body: envelope('insufficient_quota') }],
  ['quota-exhausted', { status: 429, body: envelope('rate_limit_error', 'insufficient_quota') }],
  ['quota-exhausted', { status: 429, body: envelope('x', 'billing_hard_limit_reached') }],
  ['retry', { status: 429, body: envelope('rate_limit_error', 'rate_limit_exceeded') }],
  ['retry', { status: 429 }],
  ['may-have-been-done', { status: 500, body: envelope('server_error', 'upstream_timeout') }],
  ['may-have-been-done', { status: 502, body: envelope('server_error') }],
])('%s for a POST with %j', (reason, facts) => {
  expect(ask(facts)).toBe(reason);
});

describe('a 503 is vouched for by the envelope that its gateway alone writes', () => {
  test.each([
    ['retry', envelope('service_unavailable')],
    ['may-have-been-done', '<html>503 Service Unavailable</html>'],
    ['may-have-been-done', '{"error":"unavailable"}'],
    ['may-have-been-done', envelope('service_unavailable').slice(0, -3)],
    ['may-have-been-done', ''],
  ])('%s with the body %j', (reason, body) => {
    expect(ask({ status: 503, body })).toBe(reason);
  });
});

test('a 500 is repeated where that costs nothing, or is accepted', () => {
  expect(ask({ status: 500, method: 'GET' })).toBe('retry');
  expect(ask({ status: 500, repeatable: true })).toBe('retry');
  expect(ask({ status: 500, hasIdempotencyKey: true })).toBe('may-have-been-done');
});

test('its resets are Unix timestamps until the window starts anew', () => {
  const nowMs = 1_795_392_000_000;
  const headers = {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': String(nowMs / 1000 + 20),
  };
  expect(decide({ status: 429, headers, nowMs, random: 0 }, { provider: flexai })).toMatchObject({
    waitMs: 20_000,
    told: { by: 'x-ratelimit-reset-requests' },
  });
});
