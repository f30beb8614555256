import { genericProfile, type ProviderProfile } from '@forbear/core';

/** What the fake provider means by its answers. */
export const fakeProfile: ProviderProfile = Object.freeze({
  ...genericProfile,
  name: 'the fake provider',
  limitScope: 'credential',
  rules: [
    { status: 402, kind: 'quota-exhausted', because: 'its wallet is empty' } as const,
    {
      status: 503,
      envelope: true,
      kind: 'overloaded',
      because: 'it says so before any work',
    } as const,
    ...genericProfile.rules,
  ],
});
