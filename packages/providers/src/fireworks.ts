import type { ProviderLimit, ProviderProfile } from '@forbear/core';

const TOKENS: readonly (readonly [string, ProviderLimit['unit']])[] = [
  ['tokens-prompt', 'input-tokens'],
  ['tokens-cache-adjusted-prompt', 'input-tokens'],
  ['tokens-generated', 'output-tokens'],
];

/**
 * Fireworks: limits by the minute for each account and model that shrink under bursts and tell no reset,
 * and no idempotency key. What its bodies call an invalid request may be a rate limit: the status holds.
 *
 * @see https://docs.fireworks.ai/serverless/rate-limits
 * @see https://docs.fireworks.ai/guides/inference-error-codes
 */
export const fireworks = Object.freeze<ProviderProfile>({
  name: 'Fireworks',
  hosts: ['api.fireworks.ai'],
  limitScope: 'organisation+model',
  limits: [['requests', 'requests'] as const, ...TOKENS].map(([name, unit]) => ({
    name,
    unit,
    windowMs: 60_000,
    headers: `x-ratelimit-*-${name}`,
  })),
  rules: [
    { status: 400, kind: 'invalid', because: 'the input or a parameter is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is wrong' },
    {
      status: 402,
      kind: 'quota-exhausted',
      because: 'the account has no paid plan, or its usage limit is reached',
    },
    { status: 403, kind: 'auth', because: 'the account may not use the model' },
    { status: 404, kind: 'invalid', because: 'the model or the path does not exist' },
    {
      status: 408,
      kind: 'timeout',
      effect: 'unknown',
      because: 'the work did not end in time',
    },
    {
      status: 412,
      message: /suspended|spending limit/i,
      kind: 'quota-exhausted',
      because: 'the account is suspended, for its spending limit or unpaid invoices',
    },
    { status: 412, kind: 'invalid', because: 'the account or the model is not ready for this' },
    { status: 413, kind: 'never-fits', because: 'the input is larger than any may be' },
    { status: 422, kind: 'invalid', because: 'a value of the request is not allowed' },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the limit of the account is reached, which shrinks under bursts',
    },
    {
      status: [500, 502, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: [
    'https://docs.fireworks.ai/serverless/rate-limits',
    'https://docs.fireworks.ai/guides/inference-error-codes',
    'https://docs.fireworks.ai/guides/reliability',
  ],
});
