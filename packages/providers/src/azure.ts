import type { ProviderProfile } from '@forbear/core';

/**
 * Azure OpenAI: limits for each deployment of each resource, resets in seconds, and no idempotency key.
 * A prompt that its content filter stops is answered with a 400 and billed; a 429 is not.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota
 */
export const azure = Object.freeze<ProviderProfile>({
  name: 'Azure OpenAI',
  hosts: [
    '*.openai.azure.com',
    '*.openai.azure.us',
    '*.cognitiveservices.azure.com/openai',
    '*.services.ai.azure.com',
    'gateway.ai.cloudflare.com/v1/*/*/azure-openai',
  ],
  limitScope: 'organisation+model',
  limits: ['requests', 'tokens'].map((unit) => ({
    name: unit,
    unit,
    windowMs: 60_000,
    headers: `x-ratelimit-*-${unit}`,
    reset: 'seconds',
  })),
  modelInPath: /\/(?:deployments|azure-openai\/[^/]+)\/([^/]+)/,
  streamErrors: ['error', 'response.failed', 'response.incomplete'],
  rules: [
    {
      status: 400,
      code: ['content_filter', 'content_policy_violation'],
      kind: 'invalid',
      effect: 'done',
      because: 'the content filter stopped the prompt, which is billed',
    },
    { status: 401, kind: 'auth', because: 'the key or the token is wrong, or of another resource' },
    {
      status: 403,
      kind: 'auth',
      because: 'the key may not do this, or the network is not allowed',
    },
    { status: 404, kind: 'invalid', because: 'the deployment or the API version does not exist' },
    {
      status: 429,
      code: ['insufficient_quota'],
      kind: 'quota-exhausted',
      because: 'the quota of the subscription is used up',
    },
    {
      status: [413, 429],
      message: /request too large/i,
      kind: 'never-fits',
      because: 'this one request is estimated at more tokens than the limit of a minute',
    },
    {
      status: 429,
      message: /high demand/i,
      kind: 'overloaded',
      because: 'the system is under high demand, whatever is left of your own limit',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests or estimated tokens of the deployment are used up for some seconds',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the service failed, perhaps after the work',
    },
  ],
  sources: [
    'https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits',
    'https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota',
    'https://learn.microsoft.com/answers/questions/1632971',
  ],
});
