import {
  assertOptions,
  CALL_LIMIT_CHECKS,
  type CallLimits,
  check,
  definePolicy,
  functionOption,
  POLICY_CHECKS,
  type Policy,
  type PolicyOptions,
} from '@forbear/core';
import type { Fetch } from './bare-fetch.js';
import type { BodyFactory } from './body.js';
import type { Init, Input } from './request-parts.js';

/** What a fetch is made with: the options of a policy, or a policy that others share. */
export interface FetchOptions extends PolicyOptions {
  /** A policy instead of its options, to share it or to hear its events. */
  readonly policy?: Policy | undefined;
  /** The fetch to call. @default the global one, looked up at each call */
  readonly fetch?: Fetch | undefined;
  /**
   * The largest body in bytes that is copied to be sent again: of a `Request`, a form, or a buffer.
   * A larger one is sent once. @default 1048576
   */
  readonly maxReplayBytes?: number | undefined;
}

/** What a single call can say, in `init.forbear`. */
export interface FetchCallOptions extends CallLimits {
  /** Makes the body anew for every attempt, so that a stream can be sent again. */
  readonly body?: BodyFactory | undefined;
}

/** The `init` of a fetch of ours; `forbear` is never passed on, and `false` makes it a bare call. */
export type ForbearInit = Init & { readonly forbear?: FetchCallOptions | false };

/** A fetch like any other, with one more member in `init`. */
export type ForbearFetch = (input: Input, init?: ForbearInit) => Promise<Response>;

const DEFAULT_MAX_REPLAY_BYTES = 1024 * 1024;

const OWN_CHECKS = {
  fetch: functionOption,
  maxReplayBytes: check(
    (value) => typeof value === 'number' && value >= 0,
    'give a number of bytes, 0 or more',
  ),
};

const SHARED_POLICY_CHECKS = {
  ...OWN_CHECKS,
  policy: check(
    (value) => typeof value === 'object' && value !== null && 'events' in value,
    'give what definePolicy() made',
  ),
  ...Object.fromEntries(
    Object.keys(POLICY_CHECKS).map((name) => [
      name,
      check(() => false, 'give it to definePolicy(), since there is a policy'),
    ]),
  ),
};

const CALL_CHECKS = { ...CALL_LIMIT_CHECKS, body: functionOption };

/** Checks the options of `createFetch` and fills in the defaults. */
export function readFetchOptions(options: FetchOptions): {
  readonly policy: Policy;
  readonly fetch: Fetch | undefined;
  readonly maxReplayBytes: number;
} {
  const shared = options?.policy;
  const checks = shared === undefined ? { ...POLICY_CHECKS, ...OWN_CHECKS } : SHARED_POLICY_CHECKS;
  const { policy: _, ...given } = options ?? {};
  assertOptions('createFetch', shared === undefined ? given : options, checks);
  const { fetch, maxReplayBytes = DEFAULT_MAX_REPLAY_BYTES, ...rest } = given;
  return { policy: shared ?? definePolicy(rest), fetch, maxReplayBytes };
}

/** Takes `forbear` out of `init`, so that nobody else sees it. */
export function splitInit(init: ForbearInit): {
  readonly init: Init;
  readonly call: FetchCallOptions | false;
} {
  const { forbear, ...rest } = init;
  if (forbear === false) return { init: rest, call: false };
  if (forbear !== undefined) assertOptions('fetch(input, { forbear })', forbear, CALL_CHECKS);
  return { init: rest, call: forbear ?? {} };
}
