import type { ProviderProfile } from '@forbear/core';

/**
 * flex.ai: one limit for each API key, resets as Unix timestamps, and no idempotency key.
 *
 * @see https://docs.flex.ai/inference-api/reference/errors
 */
export const flexai = Object.freeze<ProviderProfile>({
  name: 'flex.ai',
  hosts: ['tokens.flex.ai', 'api.flex.ai'],
  limitScope: 'credential',
  limits: [
    {
      name: 'requests',
      unit: 'requests',
      windowMs: 60_000,
      headers: 'x-ratelimit-*-requests',
      reset: 'unix-seconds',
    },
  ],
  inFlightShare: 1 / 60,
  rules: [
    { status: 400, kind: 'invalid', because: 'the request body or the model is wrong' },
    { status: 401, kind: 'auth', because: 'the API key is missing, malformed or revoked' },
    {
      status: [402, 429],
      code: ['insufficient_quota'],
      kind: 'quota-exhausted',
      because: "the key's credit is exhausted",
    },
    { status: 402, kind: 'quota-exhausted', because: 'a payment is required' },
    { status: 404, kind: 'invalid', because: 'the model or the video job is not known' },
    { status: 429, kind: 'rate-limited', because: "the key's requests per minute are used up" },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the gateway or the model behind it failed, perhaps after the work',
    },
    {
      status: 503,
      envelope: true,
      kind: 'overloaded',
      because: 'a subsystem is offline, and the gateway says so before any work',
    },
  ],
  sources: [
    'https://docs.flex.ai/inference-api/reference/errors',
    'https://docs.flex.ai/inference-api/guides/concurrency',
  ],
});
