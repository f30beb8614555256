import type { ProviderProfile } from '@forbear/core';

/**
 * OpenAI: limits for each key and model, resets as durations until a bucket is full again, and no
 * documented idempotency key.
 *
 * @see https://developers.openai.com/api/docs/guides/error-codes
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
export const openai = Object.freeze<ProviderProfile>({
  name: 'OpenAI',
  hosts: ['api.openai.com', 'eu.api.openai.com', 'us.api.openai.com'],
  limitScope: 'credential+model',
  resetShape: 'full',
  idempotencyKeyHonoured: false,
  rules: [
    { status: 401, kind: 'auth', because: 'the API key or its organization is wrong' },
    { status: 403, kind: 'auth', because: 'the country, region or territory is not supported' },
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
