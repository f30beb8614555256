import type { ProviderProfile } from '@forbear/core';

/**
 * Shopify's Admin API: leaky buckets for each shop and app, requests for REST and the cost of queries
 * for GraphQL, which says in a 200 what is left and how fast it comes back.
 *
 * @see https://shopify.dev/docs/api/usage/limits
 * @see https://shopify.dev/docs/api/usage/response-codes
 */
export const shopify = Object.freeze<ProviderProfile>({
  name: 'Shopify',
  hosts: ['*.myshopify.com'],
  limitScope: 'credential',
  limits: [
    {
      name: 'rest',
      unit: 'requests',
      // 40 at 2 a second; plans that hold more leak as much faster.
      windowMs: 20_000,
      shape: 'full',
      headers: 'x-shopify-shop-api-call-limit',
    },
    { name: 'graphql', unit: 'cost', shape: 'full' },
  ],
  credentials: ['x-shopify-access-token', 'x-shopify-storefront-access-token'],
  envelope: ['errors'],
  rules: [
    {
      status: [200, 429],
      code: ['THROTTLED'],
      kind: 'rate-limited',
      bucket: 'graphql',
      because: 'the query costs more than is left for now, whatever the status',
    },
    {
      status: 200,
      code: ['MAX_COST_EXCEEDED'],
      kind: 'never-fits',
      because: 'this one query costs more than any may, in spite of the status 200',
    },
    {
      status: 200,
      code: ['INTERNAL_SERVER_ERROR'],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work, in spite of the status 200',
    },
    { status: 401, kind: 'auth', because: 'the access token is missing or wrong' },
    { status: 402, kind: 'quota-exhausted', because: 'the shop is frozen until its owner pays' },
    { status: 403, kind: 'auth', because: 'the app lacks a scope' },
    { status: 404, kind: 'invalid', because: 'there is no such resource' },
    { status: 422, kind: 'invalid', because: 'a field is wrong' },
    { status: 423, kind: 'auth', because: 'the shop is locked, and only the support unlocks it' },
    {
      status: 429,
      kind: 'rate-limited',
      bucket: 'rest',
      because: 'the bucket of the app in this shop is full, and leaks steadily',
    },
    { status: 430, kind: 'invalid', because: 'the request looks malicious to Shopify' },
    {
      status: [500, 502, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed or took too long, perhaps after the work',
    },
  ],
  sources: [
    'https://shopify.dev/docs/api/usage/limits',
    'https://shopify.dev/docs/api/usage/response-codes',
  ],
});
