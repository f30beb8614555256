import {
  adapterChecks,
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
import type { BodyFactory } from './body-factory.js';

/** What an instance is attached with: the options of a policy, or a policy that others share. */
export interface AxiosOptions extends PolicyOptions {
  /** A policy instead of its options, to share it or to hear its events. */
  readonly policy?: Policy | undefined;
}

/** What a single call can say, in `config.forbear`. */
export interface AxiosCallOptions extends CallLimits {
  /** Makes the body anew for every attempt, so that a stream can be sent again. */
  readonly body?: BodyFactory | undefined;
}

function isInstance(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const { interceptors, create } = value as unknown as Record<string, unknown>;
  return typeof create === 'function' && typeof interceptors === 'object';
}

const instanceOption = check(isInstance, 'give axios itself, or what axios.create() made');

const callOption = record({ ...CALL_LIMIT_CHECKS, body: functionOption });

/** Checks what `attachForbear` is given, and makes the policy. */
export function readPolicy(instance: unknown, options: AxiosOptions): Policy {
  const problems = [
    // `undefined` would count as not given.
    ...instanceOption(instance ?? null, 'instance'),
    ...record(adapterChecks(options))(options, ''),
  ];
  if (problems.length > 0) throw new InvalidOptionsError('attachForbear', problems);
  const { policy, ...rest } = options;
  return policy ?? definePolicy(rest);
}

/**
 * The options of a call, as its config holds them.
 *
 * @throws {InvalidOptionsError} with every problem of them
 */
export function readCallOptions(given: unknown): AxiosCallOptions | false | undefined {
  if (given === undefined || given === false) return given;
  const problems = callOption(given, 'forbear');
  if (problems.length > 0) throw new InvalidOptionsError('axios(config)', problems);
  return given as AxiosCallOptions;
}
