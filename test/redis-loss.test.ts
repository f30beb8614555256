import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort, RedisServer } from './bench/redis-server.js';
import { TcpProxy } from './bench/tcp-proxy.js';
import { describeWithRedis, evenly, join, type Member } from './redis-rig.js';

const limits = [evenly(40, 1000)];

/** Takes permits until it is stopped, and gives when they came. */
function takeAll({ call }: Member): () => readonly number[] {
  const times: number[] = [];
  let isOver = false;
  const run = async () => {
    while (!isOver) times.push(await call());
  };
  // The last one is turned away when the limiter is drained.
  run().catch(() => {});
  return () => {
    isOver = true;
    return times;
  };
}

function longestGapMs(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)));
}

/** The most permits in any second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length),
  );
}

/** Two members take all they can while something is done to their Redis. */
async function takeWhile(
  [url, otherUrl = url]: readonly [string, string?],
  trouble: () => Promise<void>,
) {
  await using one = join(url, limits);
  await using other = join(otherUrl, limits);
  const members = [one, other];
  const stops = members.map(takeAll);
  await sleep(1200);
  await trouble();
  await sleep(2500);
  const times = stops.flatMap((stop) => [...stop()]).sort((one, other) => one - other);
  return { times, events: members.map(({ events }) => events) };
}

/** How permits came while Redis was in trouble: bounds that hold on a busy machine too. */
function expectSteady({ times, events }: Awaited<ReturnType<typeof takeWhile>>): void {
  expect(longestGapMs(times)).toBeLessThan(1000);
  expect(mostInASecond(times)).toBeLessThanOrEqual(52);
  for (const told of events) {
    // A busy machine may make Redis seem slow once more.
    expect(told.length % 2).toBe(0);
    expect(told[0]).toMatch(/closed|answered/);
    expect(told.at(-1)).toBe('back');
  }
}

describeWithRedis('while Redis is lost, permits go on by themselves', () => {
  test.concurrent.each([
    ['it is killed, and comes back empty', false],
    ['it is killed, and comes back with its data', true],
  ])('%s', async (_, keepsData) => {
    await using redis = await RedisServer.start({ keepsData });
    const course = await takeWhile([redis.url], async () => {
      await redis.kill();
      await sleep(800);
      await redis.start();
    });
    expectSteady(course);
  });

  test.concurrent('it hangs', async () => {
    await using redis = await RedisServer.start();
    const course = await takeWhile([redis.url], async () => {
      redis.hang();
      await sleep(1000);
      redis.goOn();
    });
    expectSteady(course);
  });

  test.concurrent('what is sent to it is lost on the way, for one longer than for the other', async () => {
    await using redis = await RedisServer.start();
    await using one = await TcpProxy.to(redis.port);
    await using other = await TcpProxy.to(redis.port);
    const course = await takeWhile([one.url, other.url], async () => {
      one.lose();
      other.lose();
      await sleep(1000);
      one.pass();
      await sleep(1500);
      other.pass();
      await sleep(2500);
    });
    expectSteady(course);
  });

  test.concurrent('it was never there', async () => {
    await using redis = await RedisServer.start();
    await redis.kill();
    await using member = join(redis.url, limits);
    await member.call();
    expect(member.events).toEqual([expect.stringContaining('ECONNREFUSED')]);
    await redis.start();
    await expect
      .poll(() => member.call().then(() => member.events), { timeout: 5000 })
      .toEqual([expect.stringContaining('ECONNREFUSED'), 'back']);
  });

  test.concurrent('it has become a replica, which is left for another connection', async () => {
    await using redis = await RedisServer.start();
    await using member = join(redis.url, limits);
    await member.call();
    const client = new Redis(redis.url);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await connections();
    await client.replicaof('127.0.0.1', await findFreePort());
    await member.call();
    await expect.poll(() => member.events).toEqual([expect.stringContaining('READONLY')]);
    await expect.poll(() => member.call().then(connections)).toBeGreaterThan(before);
    await client.replicaof('NO', 'ONE');
    client.disconnect();
    await expect
      .poll(() => member.call().then(() => member.events), { timeout: 5000 })
      .toEqual([expect.stringContaining('READONLY'), 'back']);
  });

  test.concurrent('it refuses all for long, and is left for another connection', async ({
    expect,
  }) => {
    await using redis = await RedisServer.start();
    await using member = join(redis.url, limits);
    await member.call();
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await connections();
    await client.config('SET', 'maxmemory', '1');
    await expect
      .poll(() => member.call().then(connections), { timeout: 10_000 })
      .toBeGreaterThan(before);
    await client.config('SET', 'maxmemory', '0');
    await expect
      .poll(() => member.call().then(() => member.events), { timeout: 5000 })
      .toEqual([expect.stringContaining('OOM'), 'back']);
  }, 20_000);

  test.concurrent('it refuses to store anything', async () => {
    await using redis = await RedisServer.start({ args: ['--maxmemory', '1'] });
    await using member = join(redis.url, limits);
    await member.call();
    await member.call();
    expect(member.events).toEqual([expect.stringContaining('OOM')]);
  });
});

const PROGRAM = `
import { definePolicy, execute } from '@forbear/core';
import { createRedisLimiter } from '@forbear/limiter/redis';
const limiter = createRedisLimiter({ redis: process.argv[1], requestsPerMinute: 600 });
const policy = definePolicy({ limiter });
for (let call = 0; call < 3; call++) console.log(await execute(() => 'called', policy));
`;

describeWithRedis('a process that is done ends by itself', () => {
  const run = async (url: string) => {
    const given = ['--input-type=module', '-e', PROGRAM, url];
    const options = { timeout: 10_000, cwd: import.meta.dirname };
    return (await promisify(execFile)(process.execPath, given, options)).stdout;
  };

  test.concurrent('with its limiter open', async () => {
    await using redis = await RedisServer.start();
    expect(await run(redis.url)).toBe('called\n'.repeat(3));
  });

  test.concurrent('also while Redis is lost', async () => {
    await using redis = await RedisServer.start();
    await redis.kill();
    expect(await run(redis.url)).toBe('called\n'.repeat(3));
  });
});
