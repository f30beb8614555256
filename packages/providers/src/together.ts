import type { ProviderProfile } from '@forbear/core';

/**
 * Together: limits by the second for each organization and model that follow its usage, and no
 * idempotency key. Its own SDK repeats nothing after a 500.
 *
 * @see https://docs.together.ai/docs/rate-limits
 * @see https://docs.together.ai/docs/error-codes
 */
export const together = Object.freeze<ProviderProfile>({
  name: 'Together',
  hosts: ['api.together.ai', 'api.together.xyz'],
  limitScope: 'organisation+model',
  limits: [
    {
      name: 'requests',
      unit: 'requests',
      windowMs: 1_000,
      headers: 'x-ratelimit-*',
      reset: 'seconds',
    },
    { name: 'tokens', unit: 'tokens', windowMs: 1_000, headers: 'x-tokenlimit-*' },
    {
      name: 'requests-dynamic',
      unit: 'requests',
      windowMs: 1_000,
      headers: 'x-ratelimit-*-dynamic',
    },
    {
      name: 'tokens-dynamic',
      unit: 'tokens',
      windowMs: 1_000,
      headers: 'x-tokenlimit-*-dynamic',
    },
  ],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request is not as the API wants it' },
    { status: 401, kind: 'auth', because: 'the API key is missing or wrong' },
    { status: 402, kind: 'quota-exhausted', because: 'the account has reached its spending limit' },
    {
      status: 403,
      kind: 'never-fits',
      because:
        'the input and the allowed output are longer than the context, in spite of the status 403',
    },
    { status: 404, kind: 'invalid', because: 'the model or the endpoint does not exist' },
    {
      status: 429,
      code: ['dynamic_token_limited'],
      kind: 'rate-limited',
      bucket: 'tokens',
      because: 'the tokens are above your dynamic rate',
    },
    {
      status: 429,
      kind: 'rate-limited',
      bucket: 'requests',
      because: 'the requests are above your rate, which follows your usage',
    },
    {
      status: [500, 502, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
    {
      status: 503,
      envelope: true,
      kind: 'overloaded',
      because: 'the platform has no capacity, though you are within your rate',
    },
  ],
  sources: [
    'https://docs.together.ai/docs/rate-limits',
    'https://docs.together.ai/docs/error-codes',
  ],
});
