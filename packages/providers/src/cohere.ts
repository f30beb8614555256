import type { ProviderProfile } from '@forbear/core';

const MONTH_MS = 30 * 86_400_000;

/**
 * Cohere: limits for each endpoint by the minute and, for trial keys, by the month, of which no header
 * tells the reset and only a message tells which was hit, and no idempotency key.
 *
 * @see https://docs.cohere.com/docs/rate-limits
 * @see https://docs.cohere.com/reference/errors
 */
export const cohere = Object.freeze<ProviderProfile>({
  name: 'Cohere',
  hosts: ['api.cohere.com', 'api.cohere.ai', 'gateway.ai.cloudflare.com/v1/*/*/cohere'],
  limitScope: 'endpoint',
  limits: [
    {
      name: 'trial',
      unit: 'requests',
      windowMs: 60_000,
      headers: 'x-trial-endpoint-call-*',
    },
    {
      name: 'month',
      unit: 'requests',
      windowMs: MONTH_MS,
      headers: 'x-endpoint-monthly-call-*',
    },
  ],
  envelope: ['message'],
  rules: [
    { status: 400, kind: 'invalid', because: 'a field is missing or wrong' },
    { status: 401, kind: 'auth', because: 'the API key is missing, wrong or expired' },
    { status: 402, kind: 'quota-exhausted', because: 'the account has reached its billing limit' },
    { status: 404, kind: 'invalid', because: 'the model or the resource does not exist' },
    { status: 422, kind: 'invalid', because: 'a value of the request is not allowed' },
    {
      status: 429,
      message: /\bmonth(?:ly)?\b/i,
      kind: 'quota-exhausted',
      because: 'the calls of the month of a trial key are used up',
    },
    {
      status: 429,
      message: /trial tokens?\b/i,
      kind: 'rate-limited',
      bucket: 'trial-tokens',
      leastWaitMs: 60_000,
      because: 'the tokens of the minute of a trial key are used up',
    },
    {
      status: 429,
      message: /trial/i,
      kind: 'rate-limited',
      bucket: 'trial',
      leastWaitMs: 60_000,
      because: 'the calls of the minute of a trial key are used up',
    },
    { status: 429, kind: 'rate-limited', because: 'the limit of the minute is reached' },
    { status: 498, kind: 'invalid', because: 'the request may violate the usage guidelines' },
    {
      status: 499,
      kind: 'network',
      effect: 'unknown',
      because: 'the request was cancelled, perhaps after the work',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: ['https://docs.cohere.com/docs/rate-limits', 'https://docs.cohere.com/reference/errors'],
});
