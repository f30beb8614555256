import type { Policy, PolicyOptions } from '@forbear/core';
import type { FakeClock } from '../fake-clock.js';
import type { FakeProvider } from '../provider/fake-provider.js';
import type { FakeProviderOptions } from '../provider/options.js';
import type { AdapterUnderTest } from './adapter.js';
import type { Called } from './called.js';
import type { GivenCall } from './given-call.js';

/** A policy, and what else a rig is made with. */
export interface RigOptions extends PolicyOptions {
  readonly server?: FakeProviderOptions;
  readonly maxSockets?: number;
  /** Its calls may not come as far as the adapter, which then tells nothing of them. */
  readonly silent?: true;
}

/** A fake provider on a real socket, and the adapters that call it, on one driven clock. */
export interface Rig {
  readonly provider: FakeProvider;
  readonly clock: FakeClock;
  readonly policy: Policy;
  /** Makes a call through an adapter, the first one unless told; a POST unless it says otherwise. */
  call(given?: GivenCall, through?: AdapterUnderTest): Promise<Called>;
  /** Makes the same call through the bare client. */
  callBare(given?: GivenCall, through?: AdapterUnderTest): Promise<Called>;
  /** Makes that many calls at once. */
  burst(count: number, given?: GivenCall): Promise<readonly Called[]>;
  /** Resolves when a call begins to wait after a failed attempt. */
  nextWait(): Promise<void>;
  /** Resolves when the provider has seen that many requests. */
  seen(requests: number): Promise<void>;
}
