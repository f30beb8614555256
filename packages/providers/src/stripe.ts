import type { ProviderProfile } from '@forbear/core';

/**
 * Stripe: it honours idempotency keys of POST, stores the outcome of each, failures too, and replays it.
 *
 * @see https://docs.stripe.com/api/idempotent_requests
 * @see https://docs.stripe.com/error-low-level
 */
export const stripe = Object.freeze<ProviderProfile>({
  name: 'Stripe',
  hosts: ['api.stripe.com', 'files.stripe.com'],
  limitScope: 'credential',
  idempotencyKeys: { methods: ['POST'], keptMs: 86_400_000 },
  envelope: ['error.type'],
  rules: [
    {
      status: [409, 424, 500, 502, 503, 504],
      headers: { 'idempotent-replayed': 'true' },
      kind: 'server-error',
      effect: 'unknown',
      transient: false,
      because: 'it replays the stored failure of the first request with this key',
    },
    {
      status: 400,
      code: ['idempotency_error'],
      kind: 'invalid',
      effect: 'unknown',
      because: 'its idempotency key came before with another request, which may have succeeded',
    },
    { status: 400, kind: 'invalid', because: 'a parameter is missing or wrong' },
    { status: 401, kind: 'auth', because: 'the API key is not valid' },
    {
      status: 402,
      kind: 'invalid',
      because: 'the parameters were valid but the request failed, such as a declined card',
    },
    { status: 403, kind: 'auth', because: 'the API key may not do this' },
    { status: 404, kind: 'invalid', because: 'there is no such object' },
    {
      status: 409,
      code: ['idempotency_key_in_use'],
      kind: 'overloaded',
      effect: 'unknown',
      because: 'another request with this idempotency key is still at work',
    },
    {
      status: [409, 429],
      code: ['lock_timeout'],
      kind: 'overloaded',
      because: 'another request holds the object',
    },
    { status: 429, kind: 'rate-limited', because: 'too many requests came too quickly' },
    {
      status: 424,
      kind: 'server-error',
      effect: 'unknown',
      because: 'somebody outside of Stripe failed while the request was at work',
    },
    {
      status: [500, 502, 503, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'what became of the request is not known',
    },
  ],
  sources: [
    'https://docs.stripe.com/api/idempotent_requests',
    'https://docs.stripe.com/api/errors',
    'https://docs.stripe.com/error-low-level',
    'https://docs.stripe.com/rate-limits',
  ],
});
