import type { ProviderProfile } from './profile.js';

const EMPTY_WALLET = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'project_spend_limit_exceeded',
] as const;

/** The problem types of draft-ietf-httpapi-ratelimit-headers, section 5. */
const problem = (type: string) => `https://iana.org/assignments/http-problem-types#${type}`;
const IS_PROBLEM = { 'content-type': 'application/problem+json*' };

/**
 * What may be believed of an API that nobody has described: the status tables, and the common signs
 * of an empty wallet. It vouches for nothing.
 */
export const genericProfile = Object.freeze<ProviderProfile>({
  name: 'the server',
  hosts: [],
  limitScope: 'endpoint',
  rules: [
    {
      status: [402, 403, 429],
      code: EMPTY_WALLET,
      kind: 'quota-exhausted',
      because: 'the account has no money or allowance left',
    },
    {
      status: 429,
      headers: IS_PROBLEM,
      code: [problem('quota-exceeded')],
      kind: 'rate-limited',
      because: 'a quota of its RateLimit-Policy is used up',
    },
    {
      status: 429,
      headers: IS_PROBLEM,
      code: [problem('abnormal-usage-detected')],
      kind: 'rate-limited',
      because: 'the server finds this usage abnormal',
    },
    {
      status: 503,
      headers: IS_PROBLEM,
      code: [problem('temporary-reduced-capacity')],
      kind: 'overloaded',
      because: 'the server has lowered its limits for a while',
    },
    {
      status: 503,
      headers: { 'x-envoy-ratelimited': '*' },
      kind: 'rate-limited',
      because: 'the rate limiter of a proxy (Envoy) refused it',
    },
    {
      status: 409,
      keyed: true,
      kind: 'overloaded',
      effect: 'unknown',
      because: 'the earlier attempt with this idempotency key is still at work',
    },
    {
      status: 422,
      keyed: true,
      kind: 'invalid',
      effect: 'unknown',
      because: 'its idempotency key was used before, so an earlier attempt may have succeeded',
    },
  ],
  sources: [
    'https://developers.openai.com/api/docs/guides/error-codes',
    'https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/',
    'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
  ],
});
