import { decide, type Facts } from '@forbear/core';
import { expect, test } from 'vitest';
import { openai } from './openai.js';

function envelope(type: string, code: string | null = null): string {
  return JSON.stringify({ error: { message: 'm', type, code, param: null } });
}

function ask(facts: Facts): string {
  const decision = decide({ method: 'POST', random: 0, ...facts }, { provider: openai });
  return decision.action === 'give-up' ? decision.reason : decision.action;
}

test.each<[string, Facts]>([
  ['permanent', { status: 400, body: envelope('invalid_request_error') }],
  ['permanent', { status: 401, body: envelope('invalid_request_error', 'invalid_api_key') }],
  ['permanent', { status: 403, body: envelope('unsupported_country_region_territory') }],
  ['quota-exhausted', { status: 429, body: envelope('insufficient_quota', 'insufficient_quota') }],
  ['quota-exhausted', { status: 429, body: envelope('x', 'billing_hard_limit_reached') }],
  ['retry', { status: 429, body: envelope('requests', 'rate_limit_exceeded') }],
  ['retry', { status: 429, body: envelope('tokens', 'rate_limit_exceeded') }],
  ['retry', { status: 503, body: envelope('service_unavailable_error', 'server_is_overloaded') }],
  ['retry', { status: 503, body: envelope('service_unavailable_error', 'slow_down') }],
  ['retry', { status: 503, headers: { 'retry-after': '2' } }],
  ['may-have-been-done', { status: 503, body: envelope('server_error') }],
  ['may-have-been-done', { status: 503, body: '<html>' }],
  ['may-have-been-done', { status: 500, body: envelope('server_error') }],
  ['may-have-been-done', { status: 500, hasIdempotencyKey: true }],
  ['forbidden-by-server', { status: 429, headers: { 'x-should-retry': 'false' } }],
])('%s for a POST with %j', (reason, facts) => {
  expect(ask(facts)).toBe(reason);
});

test('its finer Retry-After goes before the one in seconds', () => {
  const headers = { 'retry-after': '2', 'retry-after-ms': '1250' };
  expect(decide({ status: 429, headers, random: 0 }, { provider: openai })).toMatchObject({
    waitMs: 1250,
    told: { by: 'retry-after-ms' },
  });
});

test('its resets tell when a bucket is full again, so a slot is free long before', () => {
  const headers = {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
    'x-ratelimit-limit-tokens': '150000',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-tokens': '6ms',
  };
  expect(decide({ status: 429, headers, random: 0 }, { provider: openai })).toMatchObject({
    waitMs: 6000,
    told: { ms: 6000, by: 'x-ratelimit-reset-requests', atLeast: true },
  });
});
