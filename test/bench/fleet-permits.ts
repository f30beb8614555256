/**
 * Permits a second through one Redis, and what they add to a call, beside peers in one run, on a
 * redis-server of its own:
 *
 *     npx -y pnpm@12 bench:fleet
 *
 * `alone`: a call every 15 ms, well below its limit. `together`: a hundred at once, for three seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { definePolicy, execute } from '@forbear/core';
import { createRedisLimiter } from '@forbear/limiter/redis';
import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { NO_REDIS, RedisServer } from './redis-server.js';

const ALONE_CALLS = 200;
const TOGETHER_MS = 3000;
const CALLERS = 100;

interface Contender {
  /** Resolves when the call may start. */
  permit(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Each is told how many a second are allowed. */
const contenders: Readonly<Record<string, (url: string, perSecond: number) => Contender>> = {
  '@forbear/limiter': (redis, perSecond) => {
    const limits = [{ unit: 'requests', amount: perSecond, perMs: 1000 }] as const;
    const limiter = createRedisLimiter({ redis, limits, maxConcurrent: 1000 });
    const policy = definePolicy({ limiter });
    return { permit: () => execute(() => 1, policy), close: () => limiter.drain() };
  },
  'rate-limiter-flexible': (url, perSecond) => {
    const storeClient = new Redis(url);
    const limiter = new RateLimiterRedis({ storeClient, points: perSecond, duration: 1 });
    return {
      // It refuses where the others wait, so whoever is refused comes back when it says.
      async permit() {
        for (;;) {
          const refused = await limiter.consume('key').then(
            () => undefined,
            (result: { msBeforeNext: number }) => result,
          );
          if (refused === undefined) return;
          await sleep(refused.msBeforeNext);
        }
      },
      close: () => storeClient.quit(),
    };
  },
  bottleneck: (url, perSecond) => {
    const limiter = new Bottleneck({
      datastore: 'ioredis',
      Redis,
      clientOptions: url,
      id: 'bench',
      minTime: 1000 / perSecond,
    });
    return { permit: () => limiter.schedule(async () => 1), close: () => limiter.disconnect() };
  },
};

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
}

async function measureAlone({ permit }: Contender): Promise<string> {
  const took: number[] = [];
  for (let call = 0; call < ALONE_CALLS; call++) {
    const startMs = performance.now();
    await permit();
    took.push(performance.now() - startMs);
    await sleep(15);
  }
  const sorted = took.slice(20).sort((one, other) => one - other);
  return `${quantile(sorted, 0.5).padStart(7)} ${quantile(sorted, 0.99).padStart(7)}`;
}

async function measureTogether({ permit }: Contender): Promise<string> {
  await permit();
  const endMs = performance.now() + TOGETHER_MS;
  let permits = 0;
  const call = async () => {
    while (performance.now() < endMs) {
      await permit();
      if (performance.now() < endMs) permits++;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return Math.round(permits / (TOGETHER_MS / 1000))
    .toString()
    .padStart(9);
}

async function measure(
  make: (url: string, perSecond: number) => Contender,
  perSecond: number,
  how: (contender: Contender) => Promise<string>,
): Promise<string> {
  await using redis = await RedisServer.start();
  const contender = make(redis.url, perSecond);
  const result = await how(contender);
  await contender.close();
  return result;
}

if (NO_REDIS !== undefined) console.log(`Skipped: ${NO_REDIS}.`);
else {
  console.log('alone: p50, p99 ms   together: 1/s');
  for (const [name, make] of Object.entries(contenders)) {
    const alone = await measure(make, 100, measureAlone);
    const together = await measure(make, 1_000_000, measureTogether);
    console.log(`${alone}     ${together}             ${name}`);
  }
}
