import type { ProviderProfile } from '@forbear/core';

/**
 * Perplexity: a leaky bucket for each model by the tier of the account, which no header tells, and no
 * documented idempotency key.
 *
 * @see https://docs.perplexity.ai/docs/sdk/error-handling
 */
export const perplexity = Object.freeze<ProviderProfile>({
  name: 'Perplexity',
  hosts: ['api.perplexity.ai', 'gateway.ai.cloudflare.com/v1/*/*/perplexity-ai'],
  limitScope: 'organisation+model',
  limits: [{ name: 'requests', unit: 'requests', windowMs: 60_000, shape: 'full' }],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request or its model is wrong' },
    {
      status: 401,
      code: ['insufficient_quota'],
      kind: 'quota-exhausted',
      because: 'the credit is used up, in spite of the status 401',
    },
    { status: 401, kind: 'auth', because: 'the API key is wrong or has expired' },
    { status: 403, kind: 'auth', because: 'the API key may not do this' },
    { status: 404, kind: 'invalid', because: 'there is no such endpoint' },
    { status: 422, kind: 'invalid', because: 'a parameter is wrong' },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the bucket of the model is empty for this tier, and refills steadily',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the search or the work',
    },
  ],
  sources: [
    'https://docs.perplexity.ai/docs/sdk/error-handling',
    'https://docs.perplexity.ai/guides/rate-limits-usage-tiers',
  ],
});
