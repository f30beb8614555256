import { assertOptions } from '@forbear/core';
import { KeyedLimiter } from './keyed-limiter.js';
import type { Limiter } from './limiter.js';
import { LIMITER_CHECKS, type LimiterOptions } from './limiter-options.js';

/**
 * Makes a limiter: requests, tokens and concurrency for each key, as given, and as the server's answers
 * tell.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function createLimiter(options: LimiterOptions = {}): Limiter {
  assertOptions('createLimiter', options, LIMITER_CHECKS);
  return new KeyedLimiter(options);
}
