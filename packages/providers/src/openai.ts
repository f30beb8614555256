import type { ProviderProfile } from '@forbear/core';

const EMPTY_WALLET = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'project_spend_limit_exceeded',
];

/**
 * OpenAI: limits for each organization and model, resets as durations until a bucket is full again, and
 * no documented idempotency key.
 *
 * @see https://developers.openai.com/api/docs/guides/error-codes
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
export const openai = Object.freeze<ProviderProfile>({
  name: 'OpenAI',
  hosts: [
    'api.openai.com',
    'eu.api.openai.com',
    'us.api.openai.com',
    'gateway.ai.cloudflare.com/v1/*/*/openai',
  ],
  limitScope: 'organisation+model',
  limits: ['requests', 'tokens'].map((unit) => ({
    name: unit,
    unit,
    windowMs: 60_000,
    shape: 'full',
    headers: `x-ratelimit-*-${unit}`,
    reset: 'duration',
  })),
  streamErrors: ['error', 'response.failed', 'response.incomplete'],
  rules: [
    { status: 401, kind: 'auth', because: 'the API key or its organization is wrong' },
    { status: 403, kind: 'auth', because: 'the country, region or territory is not supported' },
    {
      status: 429,
      code: EMPTY_WALLET,
      kind: 'quota-exhausted',
      because: 'the credit, the budget or the usage limit is used up',
    },
    {
      status: 429,
      message: /^Request too large/i,
      kind: 'never-fits',
      because: 'this one request asks for more tokens than the limit of a minute',
    },
    {
      status: 429,
      code: ['*resource_unavailable*'],
      kind: 'overloaded',
      because: 'no flex capacity is free, and nothing is charged',
    },
    {
      status: 429,
      code: ['slow_down'],
      kind: 'rate-limited',
      because: 'the requests have grown too fast',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests or tokens of the model are used up for now',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
    {
      status: 503,
      envelope: true,
      code: ['server_is_overloaded', 'slow_down'],
      kind: 'overloaded',
      because: 'the engine is overloaded and took no more requests',
    },
  ],
  sources: [
    'https://developers.openai.com/api/docs/guides/error-codes',
    'https://developers.openai.com/api/docs/guides/rate-limits',
  ],
});
