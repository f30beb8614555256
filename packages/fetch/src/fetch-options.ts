import {
  adapterChecks,
  assertOptions,
  CALL_LIMIT_CHECKS,
  type CallLimits,
  check,
  definePolicy,
  functionOption,
  InvalidOptionsError,
  type Policy,
  type PolicyOptions,
  record,
} from '@forbear/core';
import type { Fetch } from './bare-fetch.js';
import type { BodyFactory } from './body-factory.js';
import { keepInit } from './kept-init.js';
import type { Init, Input } from './request-parts.js';

/** What a fetch is made with: the options of a policy, or a policy that others share. */
export interface FetchOptions extends PolicyOptions {
  /** A policy instead of its options, to share it or to hear its events. */
  readonly policy?: Policy | undefined;
  /** The fetch to call. @default the global one, looked up at each call */
  readonly fetch?: Fetch | undefined;
  /**
   * The largest body of a `Request` in bytes that is copied to be sent again; a larger one is sent
   * once. Other bodies are sent again whatever their size. @default 1048576
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

const callOption = record({ ...CALL_LIMIT_CHECKS, body: functionOption });

/**
 * Checks the options of `createFetch`, or of the adapter that is named, and fills in the defaults.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function readFetchOptions(
  options: FetchOptions,
  name = 'createFetch',
): {
  readonly policy: Policy;
  readonly fetch: Fetch | undefined;
  readonly maxReplayBytes: number;
} {
  assertOptions(name, options, adapterChecks(options, OWN_CHECKS));
  const { policy, fetch, maxReplayBytes = DEFAULT_MAX_REPLAY_BYTES, ...rest } = options;
  return { policy: policy ?? definePolicy(rest), fetch, maxReplayBytes };
}

/** Whether `init` says anything to us. */
export function carriesOptions(init: ForbearInit | undefined): init is ForbearInit {
  return typeof init === 'object' && init !== null && 'forbear' in init;
}

/**
 * Takes `forbear` out of a copy of `init`, so that nobody else sees it.
 *
 * @throws {InvalidOptionsError} with every problem of `forbear`
 */
export function splitInit(init: ForbearInit): {
  readonly kept: Init | undefined;
  readonly call: FetchCallOptions | false | undefined;
} {
  const call = init.forbear;
  const problems = call === false ? [] : callOption(call, 'forbear');
  if (problems.length > 0) throw new InvalidOptionsError('fetch(input, init)', problems);
  const { forbear: _, ...kept } = keepInit(init) as ForbearInit;
  return { kept, call };
}
