import type { ProviderProfile } from '@forbear/core';

/**
 * Cloudflare's Workers AI, by its own API and by the AI Gateway: requests per minute for each account
 * and kind of model, and neurons for each day on the free plan.
 *
 * @see https://developers.cloudflare.com/workers-ai/platform/errors/
 * @see https://developers.cloudflare.com/workers-ai/platform/limits/
 */
export const workersai = Object.freeze<ProviderProfile>({
  name: 'Workers AI',
  hosts: [
    'api.cloudflare.com/client/v4/accounts/*/ai',
    'gateway.ai.cloudflare.com/v1/*/*/workers-ai',
  ],
  limitScope: 'organisation+model',
  limits: [
    { name: 'requests', unit: 'requests', windowMs: 60_000 },
    { name: 'neurons-day', unit: 'neurons', windowMs: 86_400_000 },
  ],
  credentials: ['x-auth-key', 'x-auth-email', 'cf-aig-authorization'],
  modelInPath: /\/(@[^/]+\/[^/]+\/[^/]+)/,
  envelope: ['success', 'errors'],
  rules: [
    { status: 400, kind: 'invalid', because: 'the model is not known, or its input is wrong' },
    { status: 401, kind: 'auth', because: 'the token is missing or wrong' },
    {
      status: 403,
      kind: 'auth',
      because: 'the account may not use the model, or has not agreed to it',
    },
    { status: 404, kind: 'invalid', because: 'the name of the model is wrong' },
    {
      status: 408,
      code: ['3007', '3008'],
      kind: 'timeout',
      effect: 'unknown',
      because: 'the work took too long or was stopped',
    },
    { status: 413, kind: 'never-fits', because: 'the request is too large for the model' },
    {
      status: 429,
      code: ['3036'],
      kind: 'quota-exhausted',
      renews: 'day',
      because: 'the free neurons of the day are used up until midnight, UTC',
    },
    {
      status: 429,
      code: ['3040'],
      kind: 'overloaded',
      because: 'no data center has capacity for the model',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests of the minute are used up, at the model or at the gateway',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the service failed, perhaps after the work',
    },
  ],
  sources: [
    'https://developers.cloudflare.com/workers-ai/platform/errors/',
    'https://developers.cloudflare.com/workers-ai/platform/limits/',
    'https://developers.cloudflare.com/workers-ai/platform/pricing/',
  ],
});
