import type { ProviderProfile } from '@forbear/core';

/**
 * Gemini by its own API, its OpenAI-compatible one and its Interactions API: limits for each project
 * and model that no header tells, and a wait in the body of a 429. A request that fails with a 400 or a
 * 500 is not charged.
 *
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://ai.google.dev/gemini-api/docs/billing
 */
export const gemini = Object.freeze<ProviderProfile>({
  name: 'Gemini',
  hosts: ['generativelanguage.googleapis.com', 'gateway.ai.cloudflare.com/v1/*/*/google-ai-studio'],
  limitScope: 'organisation+model',
  limits: [
    { name: 'requests', unit: 'requests', windowMs: 60_000 },
    { name: 'tokens', unit: 'input-tokens', windowMs: 60_000 },
    { name: 'requests-day', unit: 'requests', windowMs: 86_400_000 },
  ],
  modelInPath: /\/models\/([^/:]+)/,
  rules: [
    {
      status: 400,
      code: ['API_KEY_INVALID'],
      kind: 'auth',
      because: 'the API key is wrong, in spite of the status 400',
    },
    { status: 402, kind: 'quota-exhausted', because: 'the prepaid balance is used up' },
    {
      status: 429,
      message: /\blimit: 0\b/,
      kind: 'never-fits',
      because: 'the plan allows nothing of this model',
    },
    {
      status: 429,
      code: ['*PerDay*', '*Daily*', 'quota_exceeded', 'QUOTA_EXHAUSTED'],
      kind: 'quota-exhausted',
      renews: 'day-pacific',
      because: 'the allowance of the day is used up until midnight in California',
    },
    {
      status: 429,
      code: ['MODEL_CAPACITY_EXHAUSTED'],
      kind: 'overloaded',
      because: 'the model has no capacity left',
    },
    {
      status: 429,
      code: ['*PerMinute*'],
      kind: 'rate-limited',
      leastWaitMs: 60_000,
      because: 'the allowance of the minute is used up',
    },
    { status: 429, kind: 'rate-limited', because: 'the requests or tokens are used up for now' },
    {
      status: 499,
      code: ['CANCELLED'],
      kind: 'server-error',
      effect: 'unknown',
      transient: true,
      because: 'the server cancelled it by itself',
    },
    {
      status: 500,
      envelope: true,
      kind: 'server-error',
      because: 'a request that fails with a 500 is not charged',
    },
    {
      status: 503,
      code: ['UNAVAILABLE'],
      message: /overloaded|high demand/i,
      kind: 'overloaded',
      because: 'the model is overloaded and took no more requests',
    },
    {
      status: 503,
      code: ['UNAVAILABLE'],
      kind: 'overloaded',
      effect: 'unknown',
      because: 'the service is down for a while, perhaps since the work began',
    },
    {
      status: 504,
      code: ['DEADLINE_EXCEEDED'],
      kind: 'timeout',
      effect: 'unknown',
      because: 'the work did not end in time',
    },
  ],
  sources: [
    'https://ai.google.dev/gemini-api/docs/troubleshooting',
    'https://ai.google.dev/gemini-api/docs/rate-limits',
    'https://ai.google.dev/gemini-api/docs/billing',
  ],
});
