import type { PolicyOptions } from '@forbear/core';
import type { FetchCallOptions, FetchOptions } from '@forbear/fetch';

/** What a fetch for an SDK is made with: the options of a policy, or a policy that others share. */
export interface OpenAIFetchOptions extends FetchOptions {
  /**
   * What the API means by its answers: a profile, or a function that picks one by the URL of each
   * call. @default auto
   */
  readonly provider?: PolicyOptions['provider'];
}

declare global {
  /**
   * The SDKs of this generator take the members of this type in `fetchOptions`, beside those of the
   * fetch of the platform.
   */
  interface FetchRequestInit {
    /** What a single call says to Forbear; `false` makes it a bare call. */
    forbear?: FetchCallOptions | false;
  }
}
