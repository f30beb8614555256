import type { ProviderProfile } from '@forbear/core';

/**
 * OpenRouter: no limits of its own but for free models and budgets, errors inside a 200, resets as Unix
 * milliseconds, and no idempotency key. What ends in an error without one token of output is not billed.
 *
 * @see https://openrouter.ai/docs/api/reference/errors-and-debugging
 * @see https://openrouter.ai/docs/features/zero-completion-insurance
 */
export const openrouter = Object.freeze<ProviderProfile>({
  name: 'OpenRouter',
  hosts: ['openrouter.ai', 'gateway.ai.cloudflare.com/v1/*/*/openrouter'],
  limitScope: 'organisation+model',
  limits: [
    { name: 'requests', unit: 'requests', headers: 'x-ratelimit-*', reset: 'unix-ms' },
    { name: 'free-models-per-min', unit: 'requests', windowMs: 60_000 },
    { name: 'free-models-per-day', unit: 'requests', windowMs: 86_400_000 },
  ],
  rules: [
    {
      status: [200, 402],
      code: ['in_flight_budget_exhausted', 'openrouter_in_flight_budget'],
      kind: 'rate-limited',
      bucket: 'in-flight-budget',
      because: 'the calls under way have taken all of the budget until some end',
    },
    {
      status: 402,
      message: /in_flight_budget_exhausted/,
      kind: 'rate-limited',
      bucket: 'in-flight-budget',
      because: 'the calls under way have taken all of the budget, as its message tells',
    },
    {
      status: [200, 402, 403],
      code: ['weight_exceeds_budget'],
      kind: 'never-fits',
      because: 'this one request may cost more than the whole budget',
    },
    {
      status: 402,
      message: /fewer max_tokens|can only afford/i,
      kind: 'never-fits',
      because: 'the credits do not cover this one request with its allowed output',
    },
    {
      status: [200, 429],
      code: ['openrouter_free_tier_daily'],
      kind: 'quota-exhausted',
      renews: 'day',
      because: 'the free requests of the day are used up until midnight, UTC',
    },
    {
      status: 429,
      message: /free-models-per-day/,
      kind: 'quota-exhausted',
      renews: 'day',
      because: 'the free requests of the day are used up, as its message tells',
    },
    {
      status: [200, 402],
      code: ['payment_required', '402'],
      kind: 'quota-exhausted',
      because: 'the account or the key has no credits left',
    },
    {
      status: [200, 403],
      code: ['*budget*', '*spend_limit*', '*key_limit*'],
      kind: 'quota-exhausted',
      because: 'a budget of the key or the organization is used up',
    },
    {
      status: 403,
      message: /key limit exceeded|budget/i,
      kind: 'quota-exhausted',
      because: 'a budget is used up, as its message tells',
    },
    {
      status: 404,
      message: /provider returned error/i,
      kind: 'server-error',
      transient: true,
      because: 'one provider behind it does not find the model, another may',
    },
    {
      status: 429,
      code: ['upstream_provider*'],
      kind: 'rate-limited',
      bucket: 'upstream',
      because: 'the provider behind it limits all who come by this way',
    },
    {
      status: 200,
      envelope: true,
      code: ['429', 'rate_limit*'],
      kind: 'rate-limited',
      because: 'a rate limit is hit, in spite of the status 200',
    },
    {
      status: 200,
      envelope: true,
      code: ['503', '529'],
      kind: 'overloaded',
      because: 'no provider had capacity, in spite of the status 200',
    },
    {
      status: 200,
      envelope: true,
      code: ['400', '401', '403', '404', '413', '422'],
      kind: 'invalid',
      because: 'the request or the key is wrong, in spite of the status 200',
    },
    {
      status: 503,
      envelope: true,
      kind: 'overloaded',
      because: 'no provider that the request allows is there to take it',
    },
    {
      status: 529,
      envelope: true,
      kind: 'overloaded',
      because: 'the provider behind it is overloaded, and without output nothing is billed',
    },
    {
      status: 200,
      code: ['*'],
      kind: 'server-error',
      effect: 'unknown',
      because:
        'the provider behind it failed, perhaps after some output, in spite of the status 200',
    },
    { status: 400, kind: 'invalid', because: 'a parameter is missing or wrong' },
    { status: 401, kind: 'auth', because: 'the API key or the session is wrong or switched off' },
    { status: 402, kind: 'quota-exhausted', because: 'a payment is required' },
    { status: 403, kind: 'invalid', because: 'the input was flagged, or the key may not do this' },
    { status: 408, kind: 'timeout', effect: 'unknown', because: 'the request took too long' },
    { status: 429, kind: 'rate-limited', because: 'a rate limit is hit' },
    {
      status: 502,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the provider behind it is down or answered nonsense, perhaps after some output',
    },
    {
      status: 524,
      kind: 'timeout',
      effect: 'unknown',
      because: 'the provider behind it did not answer in time',
    },
  ],
  sources: [
    'https://openrouter.ai/docs/api/reference/errors-and-debugging',
    'https://openrouter.ai/docs/api/reference/limits',
    'https://openrouter.ai/docs/features/zero-completion-insurance',
  ],
});
