import type { ProviderProfile } from '@forbear/core';

/**
 * Hugging Face's router to its inference providers, and its own serverless inference: limits by
 * requests and tokens, resets as durations, and credit of each month.
 *
 * @see https://huggingface.co/docs/inference-providers/pricing
 */
export const huggingface = Object.freeze<ProviderProfile>({
  name: 'Hugging Face',
  hosts: [
    'router.huggingface.co',
    'api-inference.huggingface.co',
    'gateway.ai.cloudflare.com/v1/*/*/huggingface',
  ],
  // The limits that it tells of are those of whoever serves the model.
  limitScope: 'credential+model',
  limits: ['requests', 'tokens'].map((unit) => ({
    name: unit,
    unit,
    headers: `x-ratelimit-*-${unit}`,
    reset: 'duration',
  })),
  modelInPath: /\/models\/([^/]+\/[^/]+)/,
  envelope: ['error'],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request or its model is wrong' },
    { status: 401, kind: 'auth', because: 'the token is missing or wrong' },
    { status: 402, kind: 'quota-exhausted', because: 'the credit of the month is used up' },
    { status: 403, kind: 'auth', because: 'the token may not call inference providers' },
    { status: 404, kind: 'invalid', because: 'the model is not known' },
    { status: 422, kind: 'invalid', because: 'a parameter is wrong' },
    { status: 429, kind: 'rate-limited', because: 'the requests or tokens are used up for now' },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the router or the provider behind it failed, perhaps after the work',
    },
    {
      status: 503,
      envelope: true,
      message: /is currently loading/i,
      kind: 'overloaded',
      because: 'the model is still being loaded, so it has done nothing',
    },
  ],
  sources: [
    'https://huggingface.co/docs/inference-providers/pricing',
    'https://huggingface.co/docs/api-inference/faq',
  ],
});
