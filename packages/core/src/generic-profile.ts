import type { ProviderProfile } from './profile.js';

const EMPTY_WALLET = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'project_spend_limit_exceeded',
] as const;

const because = 'the account has no money or allowance left';

/**
 * What may be believed of an API that nobody has described: the status tables, and the common signs
 * of an empty wallet. It vouches for nothing.
 */
export const genericProfile: ProviderProfile = Object.freeze({
  name: 'the server',
  hosts: [],
  limitScope: 'endpoint',
  resetShape: 'window',
  idempotencyKeyHonoured: false,
  rules: [402, 403, 429].flatMap((status) => [
    { status, code: EMPTY_WALLET, kind: 'quota-exhausted', because } as const,
    { status, type: EMPTY_WALLET, kind: 'quota-exhausted', because } as const,
  ]),
  sources: ['https://developers.openai.com/api/docs/guides/error-codes'],
});
