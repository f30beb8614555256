import type { KeyState } from './key-state.js';
import type { Policy } from './policy.js';
import type { ProviderProfile } from './profile.js';

/** What a call has in common with others. */
export interface CallShared {
  readonly policy: Policy;
  readonly provider: ProviderProfile;
  /** What the calls of its key share. */
  readonly state: KeyState;
}
