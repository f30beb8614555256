import { definePolicy, execute, type Policy } from '@forbear/core';
import type { LimitOptions } from '@forbear/limiter';
import { createRedisLimiter, type RedisGiven } from '@forbear/limiter/redis';
import { describe } from 'vitest';
import { NO_REDIS } from './bench/redis-server.js';

if (NO_REDIS !== undefined) console.warn(`Tests with a Redis are skipped: ${NO_REDIS}.`);

/** `describe`, where a Redis can be started. */
export function describeWithRedis(name: string, tests: () => void): void {
  describe.skipIf(NO_REDIS !== undefined)(name, tests);
}

export const KEY = 'https://api.test Bearer sk-secret';

export const evenly = (amount: number, perMs: number): LimitOptions => ({
  unit: 'requests',
  amount,
  perMs,
  shape: 'even',
});

/** What a server answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One process of a fleet, or what is one as far as its limiter goes. */
export interface Member extends AsyncDisposable {
  readonly policy: Policy;
  readonly limiter: ReturnType<typeof createRedisLimiter>;
  /** What it told of Redis. */
  readonly events: readonly string[];
  /** Makes a call, and gives when it was let go, by the monotonic clock. */
  call(answer?: Answer, tokens?: number): Promise<number>;
}

export function join(
  redis: RedisGiven,
  limits: readonly LimitOptions[] = [],
  slowAfterMs?: number,
): Member {
  const events: string[] = [];
  const limiter = createRedisLimiter({ redis, limits, maxConcurrent: 100, slowAfterMs });
  const policy = definePolicy({ limiter, maxRetries: 0 });
  policy.events.on('fleet', ({ state, because }) => events.push(because ?? state));
  return {
    policy,
    limiter,
    events,
    async call(answer = {}, tokens = 0) {
      let atMs = Number.NaN;
      const operation = () => {
        atMs = performance.now();
        return { status: 200, headers: {}, ...answer };
      };
      await execute(operation, policy, { key: KEY, showKey: () => 'key', tokens });
      return atMs;
    },
    async [Symbol.asyncDispose]() {
      await limiter.drain({ deadlineMs: 0 });
    },
  };
}
