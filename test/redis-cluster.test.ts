import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { execute } from '@forbear/core';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { RedisCluster } from './bench/redis-cluster.js';
import { describeWithRedis, evenly, join, type Member } from './redis-rig.js';

const limits = [evenly(50, 1000)];
const SLOW_MS = 2000;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Makes a call of a key, and gives when it was let go. */
async function call({ policy }: Member, key: string): Promise<number> {
  let atMs = Number.NaN;
  const operation = () => {
    atMs = performance.now();
    return { status: 200 };
  };
  await execute(operation, policy, { key });
  return atMs;
}

const PROGRAM = `
import { definePolicy, execute } from '@forbear/core';
import { createRedisLimiter } from '@forbear/limiter/redis';
import { Redis } from 'ioredis';
const nodes = process.argv.slice(1).map((port) => ({ host: '127.0.0.1', port: Number(port) }));
const cluster = new Redis.Cluster(nodes, { lazyConnect: true });
const limiter = createRedisLimiter({ redis: cluster, requestsPerMinute: 600 });
const policy = definePolicy({ limiter });
for (let call = 0; call < 3; call++) console.log(await execute(() => 'called', policy));
`;

describeWithRedis('a cluster of three nodes', () => {
  test('shares the limits of each key, whichever node it is on, and loses no call when a node dies', async () => {
    await using redis = await RedisCluster.start();
    const cluster = redis.connect();
    onTestFinished(() => cluster.disconnect());
    // Three servers more on a busy machine answer late.
    await using one = join(cluster, limits, SLOW_MS);
    await using other = join(cluster, limits, SLOW_MS);
    const callAll = async (key: string) => {
      const calls = [one, other].flatMap((member) =>
        Array.from({ length: 10 }, () => call(member, key)),
      );
      return (await Promise.all(calls)).sort((before, after) => before - after);
    };
    // Alone each would take 9 gaps of 20 ms, together they take 19; permits may be late on the way.
    for (const times of await Promise.all(KEYS.map(callAll))) {
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(14 * 20);
    }
    const clients = redis.nodes.map(({ url }) => new Redis(url));
    const stored = await Promise.all(clients.map((client) => client.dbsize()));
    for (const client of clients) client.disconnect();
    expect(stored.filter((count) => count > 0).length).toBeGreaterThan(1);
    await redis.nodes[1]?.kill();
    for (const times of await Promise.all(KEYS.map(callAll))) expect(times).toHaveLength(20);
  });

  test('keeps no process that is done', async () => {
    await using redis = await RedisCluster.start();
    const ports = redis.nodes.map(({ port }) => String(port));
    const given = ['--input-type=module', '-e', PROGRAM, ...ports];
    const options = { timeout: 10_000, cwd: import.meta.dirname };
    const { stdout } = await promisify(execFile)(process.execPath, given, options);
    expect(stdout).toBe('called\n'.repeat(3));
  });
});
