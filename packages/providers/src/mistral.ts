import type { ProviderProfile } from '@forbear/core';

const MONTH_MS = 30 * 86_400_000;

/**
 * Mistral: limits for each workspace and model, by the minute and the month, of which no header tells
 * the reset, and no idempotency key.
 *
 * @see https://docs.mistral.ai/resources/error-glossary
 */
export const mistral = Object.freeze<ProviderProfile>({
  name: 'Mistral',
  hosts: ['api.mistral.ai', 'codestral.mistral.ai', 'gateway.ai.cloudflare.com/v1/*/*/mistral'],
  limitScope: 'organisation+model',
  limits: [
    {
      name: 'req-minute',
      unit: 'requests',
      windowMs: 60_000,
      headers: 'x-ratelimit-*-req-minute',
    },
    {
      name: 'tokens-minute',
      unit: 'tokens',
      windowMs: 60_000,
      headers: 'x-ratelimit-*-tokens-minute',
    },
    {
      name: 'tokens-month',
      unit: 'tokens',
      windowMs: MONTH_MS,
      headers: 'x-ratelimit-*-tokens-month',
    },
    {
      name: 'size',
      unit: 'tokens',
      windowMs: 60_000,
      headers: 'ratelimitbysize-*',
      reset: 'seconds',
    },
  ],
  envelope: ['object', 'message'],
  rules: [
    { status: 400, kind: 'invalid', because: 'a parameter is missing or wrong' },
    { status: 401, kind: 'auth', because: 'the API key is missing, wrong or switched off' },
    { status: 402, kind: 'quota-exhausted', because: 'a payment is required' },
    { status: 404, kind: 'invalid', because: 'the model or the resource does not exist' },
    { status: 422, kind: 'invalid', because: 'a value of the request is not allowed' },
    {
      status: 429,
      headers: { 'x-ratelimit-limit-req-minute': '0' },
      kind: 'never-fits',
      because: 'the plan does not include this model',
    },
    {
      status: 429,
      message: /capacity exceeded/i,
      kind: 'overloaded',
      because: 'the model has no capacity left for this tier',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests or tokens of the minute or month are used up',
    },
    {
      status: [500, 502, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the service failed, perhaps after the work',
    },
  ],
  sources: [
    'https://docs.mistral.ai/resources/error-glossary',
    'https://docs.mistral.ai/deployment/ai-studio/tier',
  ],
});
