import type { ProviderProfile } from '@forbear/core';

const UNITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'];
const HOUR_MS = 3_600_000;

/**
 * Anthropic: continuous token buckets for each organization and model, resets as RFC 3339 timestamps,
 * windows of hours and days for subscriptions, and no documented idempotency key.
 *
 * @see https://platform.claude.com/docs/en/api/errors
 * @see https://platform.claude.com/docs/en/api/rate-limits
 */
export const anthropic = Object.freeze<ProviderProfile>({
  name: 'Anthropic',
  hosts: [
    'api.anthropic.com',
    'aws-external-anthropic.*.api.aws',
    '*.services.ai.azure.com/anthropic',
    'gateway.ai.cloudflare.com/v1/*/*/anthropic',
  ],
  limitScope: 'organisation+model',
  limits: [
    ...UNITS.map((unit) => ({
      name: unit,
      unit,
      windowMs: 60_000,
      shape: 'full' as const,
      headers: `anthropic-ratelimit-${unit}-*`,
      reset: 'timestamp' as const,
    })),
    {
      name: 'unified',
      unit: 'allowance',
      headers: 'anthropic-ratelimit-unified-*',
      reset: 'unix-seconds',
    },
    {
      name: 'unified-5h',
      unit: 'allowance',
      windowMs: 5 * HOUR_MS,
      headers: 'anthropic-ratelimit-unified-5h-*',
      reset: 'unix-seconds',
    },
    {
      name: 'unified-7d',
      unit: 'allowance',
      windowMs: 168 * HOUR_MS,
      headers: 'anthropic-ratelimit-unified-7d-*',
      reset: 'unix-seconds',
    },
  ],
  envelope: ['type', 'error.type'],
  rules: [
    {
      status: 400,
      message: /credit balance is too low/i,
      kind: 'quota-exhausted',
      because: 'the prepaid credit is used up, in spite of the status 400',
    },
    {
      status: 429,
      code: ['enforced_spend_limit_reached'],
      kind: 'quota-exhausted',
      renews: 'month',
      because: 'the spend limit of the tier is reached until the month ends',
    },
    {
      status: [400, 429],
      message: /API usage limits/i,
      kind: 'quota-exhausted',
      renews: 'month',
      because: 'a spend limit of your own is reached until the month ends',
    },
    {
      status: 400,
      code: ['invalid_request_error'],
      kind: 'invalid',
      because: 'the format or the content of the request is wrong',
    },
    {
      status: 401,
      code: ['authentication_error'],
      kind: 'auth',
      because: 'the API key is wrong',
    },
    {
      status: 402,
      code: ['billing_error'],
      kind: 'quota-exhausted',
      because: 'the billing or the payment details are in trouble',
    },
    {
      status: 403,
      code: ['permission_error'],
      kind: 'auth',
      because: 'the API key may not use this',
    },
    {
      status: 404,
      code: ['not_found_error'],
      kind: 'invalid',
      because: 'the resource or the model is not found',
    },
    {
      status: 409,
      code: ['conflict_error'],
      kind: 'invalid',
      because: 'it conflicts with the state of the resource, which must be changed first',
    },
    {
      status: 413,
      code: ['request_too_large'],
      kind: 'never-fits',
      because: 'the request is larger than any may be',
    },
    {
      status: 429,
      headers: { 'anthropic-ratelimit-unified-status': 'rejected' },
      kind: 'rate-limited',
      bucket: 'unified',
      because: 'the allowance of the subscription is used up until its reset',
    },
    {
      status: 429,
      code: ['rate_limit_error'],
      kind: 'rate-limited',
      because: 'a rate limit is hit, or the usage has grown too sharply',
    },
    {
      status: 500,
      code: ['api_error'],
      kind: 'server-error',
      effect: 'unknown',
      because: 'something failed inside, perhaps after the work',
    },
    {
      status: 504,
      code: ['timeout_error'],
      kind: 'timeout',
      effect: 'unknown',
      because: 'the work did not end in time',
    },
    {
      status: 529,
      envelope: true,
      code: ['overloaded_error'],
      kind: 'overloaded',
      because: 'the API is overloaded by all its users and took no more requests',
    },
  ],
  sources: [
    'https://platform.claude.com/docs/en/api/errors',
    'https://platform.claude.com/docs/en/api/rate-limits',
  ],
});
