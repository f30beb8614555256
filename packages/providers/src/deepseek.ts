import type { ProviderProfile } from '@forbear/core';

/**
 * DeepSeek: a limit of the calls under way at once for each account and model, whatever the key, that no
 * header tells, and no idempotency key. Under load it keeps a call waiting, with blank lines or comments.
 *
 * @see https://api-docs.deepseek.com/quick_start/error_codes
 * @see https://api-docs.deepseek.com/quick_start/rate_limit
 */
export const deepseek = Object.freeze<ProviderProfile>({
  name: 'DeepSeek',
  hosts: ['api.deepseek.com', 'gateway.ai.cloudflare.com/v1/*/*/deepseek'],
  limitScope: 'organisation+model',
  limits: [{ name: 'concurrency', unit: 'concurrency' }],
  rules: [
    { status: 400, kind: 'invalid', because: 'the format of the body is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is wrong' },
    { status: 402, kind: 'quota-exhausted', because: 'the balance is used up' },
    { status: 422, kind: 'invalid', because: 'a parameter is wrong' },
    {
      status: 429,
      kind: 'rate-limited',
      bucket: 'concurrency',
      because: 'too many calls of the account are under way, and one must end first',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: [
    'https://api-docs.deepseek.com/quick_start/error_codes',
    'https://api-docs.deepseek.com/quick_start/rate_limit',
  ],
});
