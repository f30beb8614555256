import type { ProviderProfile } from '@forbear/core';

/**
 * Cloudflare's API: 1,200 requests in five minutes for each user, all of its tokens together, and 200 a
 * second for each address; told by the headers of the IETF draft.
 *
 * @see https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export const cloudflare = Object.freeze<ProviderProfile>({
  name: 'Cloudflare',
  hosts: ['api.cloudflare.com'],
  limitScope: 'organisation',
  limits: [
    { name: 'user', unit: 'requests', amount: 1_200, windowMs: 300_000 },
    { name: 'address', unit: 'requests', amount: 200, windowMs: 1_000 },
  ],
  credentials: ['x-auth-key', 'x-auth-email', 'x-auth-user-service-key'],
  envelope: ['success', 'errors'],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request is wrong' },
    { status: 401, kind: 'auth', because: 'the token or the key is missing or wrong' },
    { status: 403, kind: 'auth', because: 'the token may not do this' },
    { status: 404, kind: 'invalid', because: 'there is no such zone, account or resource' },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests of the user or the address are used up until the window ends',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the API failed, perhaps after the work',
    },
  ],
  sources: [
    'https://developers.cloudflare.com/fundamentals/api/reference/limits/',
    'https://developers.cloudflare.com/fundamentals/api/troubleshooting/',
  ],
});
