import { systemClock } from '@forbear/core';
import type { Grant, Limit, Need, PermitSource } from '@forbear/limiter';
import { type RedisGiven, redisPermits } from '@forbear/limiter/redis';
import { describe } from 'vitest';
import { NO_REDIS } from './bench/redis-server.js';

if (NO_REDIS !== undefined) console.warn(`Tests with a Redis are skipped: ${NO_REDIS}.`);

/** `describe`, where a Redis can be started. */
export function describeWithRedis(name: string, tests: () => void): void {
  describe.skipIf(NO_REDIS !== undefined)(name, tests);
}

export const KEY = 'https://api.test Bearer sk-secret';

export const evenly = (amount: number, perMs: number): Limit => ({
  unit: 'requests',
  amount,
  perMs,
  shape: 'even',
});

export const ONE: Need = { requests: 1, inputTokens: 0, outputTokens: 0 };

/** One process of a fleet, as far as its permits go. */
export interface Member extends AsyncDisposable {
  readonly source: PermitSource;
  readonly events: readonly string[];
  /** Takes a permit, when there is one. Gives when that was, by the monotonic clock. */
  take(need?: Need): Promise<{ readonly atMs: number; readonly grant: Grant }>;
}

export function join(
  redis: RedisGiven,
  { limits = [], key = KEY }: { readonly limits?: readonly Limit[]; readonly key?: string } = {},
): Member {
  const events: string[] = [];
  const permits = redisPermits({
    redis,
    prefix: 'forbear',
    slowAfterMs: 250,
    assumedPeers: 1,
    onLost: (reason) => events.push(`lost: ${reason}`),
    onBack: () => events.push('back'),
  });
  const context = { key, label: 'test', clock: systemClock, limits, resetShape: 'window' } as const;
  const source = permits.source(context);
  let changed = () => {};
  source.onChange(() => changed());
  const take = (need = ONE) =>
    new Promise<{ atMs: number; grant: Grant }>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const ask = () => {
        clearTimeout(timer);
        const said = source.tryTake(need);
        if (said.granted) {
          changed = () => {};
          resolve({ atMs: performance.now(), grant: said });
        } else if (Number.isFinite(said.retryInMs)) {
          timer = setTimeout(ask, Math.ceil(said.retryInMs));
        }
      };
      changed = () => queueMicrotask(ask);
      ask();
    });
  const close = async () => {
    await source.close?.();
    await permits.close();
  };
  return { source, events, take, [Symbol.asyncDispose]: close };
}
