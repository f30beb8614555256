import { assertOptions, type Check } from '@forbear/core';
import { KeyedLimiter } from '../keyed-limiter.js';
import type { Limiter } from '../limiter.js';
import { LIMITER_CHECKS, type LimiterOptions } from '../limiter-options.js';
import { type OwnBottleneck, OwnBottleneckSource } from './own-bottleneck-source.js';

const { source: _, ...SHARED_CHECKS } = LIMITER_CHECKS;

const REMEDY = 'give a limiter of Bottleneck 2, such as new Bottleneck({ minTime: 100 })';

const instanceOption: Check = (value, path) =>
  isLimiter(value) ? [] : [{ option: path, value: 'something else', remedy: REMEDY }];

function isLimiter(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['schedule', 'incrementReservoir'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}

/**
 * Makes a limiter of a Bottleneck that you have already, in one process or clustered: each attempt is a
 * job of it. All keys share it, and limits that are given or learnt do not change it.
 *
 * @throws {InvalidOptionsError} if it is no limiter of Bottleneck, or with every problem of the options
 */
export function fromBottleneck(
  instance: OwnBottleneck,
  options: Omit<LimiterOptions, 'source'> = {},
): Limiter {
  const given = { instance, ...options };
  assertOptions('fromBottleneck', given, { ...SHARED_CHECKS, instance: instanceOption });
  return new KeyedLimiter({
    ...options,
    source: ({ clock }) => new OwnBottleneckSource(instance, clock),
  });
}
