import type { ProviderProfile } from '@forbear/core';

/**
 * Cerebras: requests of a day and tokens of a minute for each organization and model, resets in
 * seconds with decimals. A request takes its share of the tokens, the longest output that it allows,
 * when it is admitted.
 *
 * @see https://inference-docs.cerebras.ai/support/error
 * @see https://inference-docs.cerebras.ai/support/rate-limits
 */
export const cerebras = Object.freeze<ProviderProfile>({
  name: 'Cerebras',
  hosts: ['api.cerebras.ai', 'gateway.ai.cloudflare.com/v1/*/*/cerebras'],
  limitScope: 'organisation+model',
  limits: [
    {
      name: 'requests-day',
      unit: 'requests',
      windowMs: 86_400_000,
      headers: 'x-ratelimit-*-requests-day',
      reset: 'seconds',
    },
    {
      name: 'tokens-minute',
      unit: 'tokens',
      windowMs: 60_000,
      headers: 'x-ratelimit-*-tokens-minute',
      reset: 'seconds',
    },
  ],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is wrong' },
    { status: 402, kind: 'quota-exhausted', because: 'the account has to pay first' },
    { status: 403, kind: 'auth', because: 'the API key may not do this' },
    { status: 404, kind: 'invalid', because: 'the model does not exist, or not for this account' },
    { status: 422, kind: 'invalid', because: 'a parameter is wrong' },
    {
      status: 429,
      code: ['queue_exceeded'],
      kind: 'overloaded',
      because: 'the queue of the model is full, whatever the account has left',
    },
    {
      status: 429,
      message: /^Tokens per minute limit/i,
      kind: 'rate-limited',
      bucket: 'tokens-minute',
      because: 'the tokens of the minute are used up or reserved',
    },
    {
      status: 429,
      message: /^Requests per day limit/i,
      kind: 'rate-limited',
      bucket: 'requests-day',
      because: 'the requests of the day are used up',
    },
    { status: 429, kind: 'rate-limited', because: 'a limit of the model is used up for now' },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: [
    'https://inference-docs.cerebras.ai/support/error',
    'https://inference-docs.cerebras.ai/support/rate-limits',
  ],
});
