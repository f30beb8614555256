import type { ProviderProfile } from '@forbear/core';

/**
 * Groq: limits for each organization and model, of requests by the day and of tokens by the minute, both
 * refilled steadily, and no idempotency key. Only a 429 has Retry-After.
 *
 * @see https://console.groq.com/docs/errors
 * @see https://console.groq.com/docs/rate-limits
 */
export const groq = Object.freeze<ProviderProfile>({
  name: 'Groq',
  hosts: ['api.groq.com', 'gateway.ai.cloudflare.com/v1/*/*/groq'],
  limitScope: 'organisation+model',
  limits: [
    {
      name: 'requests',
      unit: 'requests',
      windowMs: 86_400_000,
      shape: 'full',
      headers: 'x-ratelimit-*-requests',
      reset: 'duration',
    },
    {
      name: 'tokens',
      unit: 'tokens',
      windowMs: 60_000,
      shape: 'full',
      headers: 'x-ratelimit-*-tokens',
      reset: 'duration',
    },
  ],
  rules: [
    { status: 400, kind: 'invalid', because: 'the syntax of the request is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is wrong' },
    { status: 404, kind: 'invalid', because: 'the resource or the model does not exist' },
    {
      status: [413, 429],
      message: /^Request too large/i,
      kind: 'never-fits',
      because: 'this one request asks for more tokens than the limit of a minute',
    },
    { status: 413, kind: 'never-fits', because: 'the request is larger than any may be' },
    { status: 422, kind: 'invalid', because: 'the request is well formed and means nothing' },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests of the day or the tokens of the minute are used up for now',
    },
    {
      status: 498,
      envelope: true,
      kind: 'overloaded',
      because: 'the flex tier is at capacity and does not process the request',
    },
    {
      status: 499,
      kind: 'network',
      effect: 'unknown',
      because: 'the caller was gone before the answer',
    },
    {
      status: [500, 502],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server or one behind it failed, perhaps after the work',
    },
  ],
  sources: [
    'https://console.groq.com/docs/errors',
    'https://console.groq.com/docs/rate-limits',
    'https://console.groq.com/docs/flex-processing',
  ],
});
