import type { ProviderProfile } from '@forbear/core';

/**
 * xAI: limits for each team and model by the minute, of which a sixtieth is enforced by the second, no
 * header tells the reset, and no idempotency key.
 *
 * @see https://docs.x.ai/developers/rate-limits
 */
export const xai = Object.freeze<ProviderProfile>({
  name: 'xAI',
  hosts: ['api.x.ai', '*.api.x.ai', 'gateway.ai.cloudflare.com/v1/*/*/grok'],
  limitScope: 'organisation+model',
  limits: [
    {
      name: 'requests',
      unit: 'requests',
      windowMs: 60_000,
      headers: 'x-ratelimit-*-requests',
    },
    { name: 'tokens', unit: 'tokens', windowMs: 60_000, headers: 'x-ratelimit-*-tokens' },
    { name: 'requests-second', unit: 'requests', windowMs: 1_000 },
  ],
  envelope: ['code', 'error'],
  rules: [
    {
      status: 400,
      message: /api key/i,
      kind: 'auth',
      because: 'the API key is wrong, in spite of the status 400',
    },
    { status: 400, kind: 'invalid', because: 'an argument is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is missing or wrong' },
    {
      status: [403, 429],
      message: /available credits|out of credits|any credits|spending limit/i,
      kind: 'quota-exhausted',
      because: 'the credits or the spending limit of the month are used up',
    },
    { status: 403, kind: 'auth', because: 'the API key or the team may not do this' },
    { status: 404, kind: 'invalid', because: 'the model or the path does not exist' },
    { status: 422, kind: 'invalid', because: 'a field of the body is wrong' },
    {
      status: 429,
      message: /at capacity/i,
      kind: 'overloaded',
      because: 'the model is at capacity',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests of the second or the tokens of the minute are used up',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: ['https://docs.x.ai/developers/rate-limits', 'https://docs.x.ai/developers/debugging'],
});
