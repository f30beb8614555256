import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Course } from './bench/course.js';
import { runFleet } from './bench/fleet-run.js';
import { RedisServer } from './bench/redis-server.js';
import { describeWithRedis } from './redis-rig.js';

const LIMIT = 20;
const STEADY_MS = 3000;
const TOLD_MS = 2000;

// Bounds that hold on a busy machine too; test/bench/fleet.ts measures.
describeWithRedis(
  'three processes with one limit, one of them with a clock that is 5 s ahead',
  () => {
    let course: Course;
    let killedAtMs: number;

    beforeAll(async () => {
      await using redis = await RedisServer.start();
      course = await runFleet({
        redis: redis.url,
        limits: [{ unit: 'requests', amount: LIMIT, perMs: 1000, shape: 'even' }],
        ms: 8000,
        callers: 8,
        aheadMs: 5000,
        async trouble({ provider, killWorker }) {
          await sleep(STEADY_MS);
          provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
          await sleep(TOLD_MS + 500);
          killedAtMs = Date.now();
          killWorker(1);
        },
      });
    }, 60_000);

    const between = (fromMs: number, toMs: number) =>
      course.times.filter((atMs) => atMs > fromMs && atMs < toMs).length;
    const toldAtMs = () => course.requests.find(({ status }) => status === 429)?.atMs ?? Number.NaN;

    test('keep it together, each with its share, and none stalls', () => {
      const [first = 0] = course.times;
      const count = between(first - 1, first + STEADY_MS);
      expect(count).toBeLessThan((LIMIT * 1.15 * STEADY_MS) / 1000);
      expect(count).toBeGreaterThan((LIMIT * 0.6 * STEADY_MS) / 1000);
      const [ahead = 0, other = 0, killed = 0] = course.split;
      expect(Math.min(ahead, other, killed)).toBeGreaterThan(course.requests.length / 12);
    });

    test('wait all of them when one is told to, and go on then', () => {
      expect(between(toldAtMs() + 500, toldAtMs() + TOLD_MS)).toBe(0);
      expect(between(toldAtMs() + TOLD_MS, toldAtMs() + TOLD_MS + 2000)).toBeGreaterThan(0);
      expect(course.refused).toBe(1);
    });

    test('have the share of one that is killed', () => {
      expect(between(killedAtMs, killedAtMs + 2000)).toBeGreaterThan(LIMIT);
    });

    test('lose no call', () => {
      expect(course.lost).toBe(0);
    });
  },
);

describeWithRedis('three processes with one limit of tokens', () => {
  test('keep it together, without one refusal', async () => {
    await using redis = await RedisServer.start();
    const tokens = { amount: 4000, perMs: 4000 };
    const course = await runFleet({
      redis: redis.url,
      limits: [{ unit: 'tokens', ...tokens, shape: 'sliding' }],
      ms: 4000,
      callers: 8,
      server: { tokenLimit: { shape: 'window', limit: tokens.amount, perMs: tokens.perMs } },
    });
    expect(course.refused).toBe(0);
    expect(course.lost).toBe(0);
    expect(course.requests.length).toBeGreaterThan(20);
  }, 60_000);
});
