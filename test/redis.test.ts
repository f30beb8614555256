import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Redis as Redis6 } from 'ioredis-6';
import { expect, onTestFinished, test } from 'vitest';
import { RedisServer } from './bench/redis-server.js';
import { describeWithRedis, evenly, join, KEY, ONE } from './redis-rig.js';

const limits = [evenly(50, 1000)];

/** A client that looks at what is stored. */
function look(url: string): Redis {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  return client;
}

describeWithRedis('permits through Redis', () => {
  test('are shared: two members together are no faster than the limit', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url, { limits });
    await using other = join(redis.url, { limits });
    const times = await Promise.all(
      [one, other].map(async ({ take }) => {
        const taken: number[] = [];
        for (let count = 0; count < 10; count++) taken.push((await take()).atMs);
        return taken;
      }),
    );
    const all = times.flat().sort((one, other) => one - other);
    // 20 permits are 19 gaps of 20 ms; a timer may be a millisecond early at either end.
    expect((all.at(-1) ?? 0) - (all[0] ?? 0)).toBeGreaterThan(19 * 20 - 5);
  });

  test('go on when all keys are lost, and when Redis has forgotten who we are', async () => {
    await using redis = await RedisServer.start();
    await using member = join(redis.url, { limits });
    const { take, events } = member;
    const client = look(redis.url);
    await take();
    await client.flushall();
    await take();
    await take();
    const [seen = ''] = await client.keys('*requests_client_last_seen');
    await client.del(seen);
    await take();
    await take();
    expect(events).toEqual([]);
  });

  test('leave keys behind that all expire, in one slot of a cluster, without the credential', async () => {
    await using redis = await RedisServer.start();
    const tokens = { unit: 'tokens', amount: 60_000, perMs: 60_000, shape: 'even' } as const;
    await using member = join(redis.url, { limits: [...limits, tokens] });
    const { take, source } = member;
    const { grant } = await take({ ...ONE, inputTokens: 10 });
    source.learn(grant, [{ unit: 'requests', name: 'rpm', limit: 9, remaining: 8, resetMs: 100 }]);
    source.settle(grant, ONE);
    source.hold?.(1000);
    const client = look(redis.url);
    await expect.poll(() => client.keys('*')).toSatisfy((keys) => (keys as string[]).length >= 13);
    for (const key of await client.keys('*')) {
      expect(key).toMatch(/\{forbear:[0-9a-f]{32}\}/);
      expect(key).not.toContain('sk-secret');
      expect(await client.pttl(key)).toBeGreaterThan(0);
      const dumped = await client.dumpBuffer(key);
      expect(dumped?.toString('latin1')).not.toContain('sk-secret');
    }
    expect(KEY).toContain('sk-secret');
  });
});

describeWithRedis('Redis is given', () => {
  test('as a URL, with a user and a password of an ACL', async () => {
    await using redis = await RedisServer.start({
      args: '--user default off --user me on >secret ~* &* +@all'.split(' '),
    });
    await using member = join(`redis://me:secret@127.0.0.1:${redis.port}`, { limits });
    const { take } = member;
    await take();
  });

  test('as options', async () => {
    await using redis = await RedisServer.start();
    await using member = join(
      { host: '127.0.0.1', port: redis.port, keyPrefix: 'mine:' },
      { limits },
    );
    const { take } = member;
    await take();
    const keys = await look(redis.url).keys('*');
    expect(keys.filter((key) => !key.startsWith('mine:'))).toEqual([]);
  });

  test.each([
    ['5', Redis],
    ['6', Redis6 as unknown as typeof Redis],
  ])(
    'as a client of ioredis %s, that does not connect by itself and stays as it is',
    async (_, Client) => {
      await using redis = await RedisServer.start();
      const client = new Client(redis.port, '127.0.0.1', { lazyConnect: true });
      onTestFinished(() => client.disconnect());
      await using member = join(client, { limits });
      const { take } = member;
      await take();
      expect(client.status).toBe('wait');
      expect(client.options.enableOfflineQueue).toBe(true);
      expect(client.listenerCount('error')).toBe(0);
    },
  );

  test('as a client of a cluster', async () => {
    await using redis = await RedisServer.start({
      args: '--cluster-enabled yes --cluster-announce-ip 127.0.0.1'.split(' '),
    });
    const client = look(redis.url);
    await client.cluster('ADDSLOTSRANGE', 0, 16383);
    await expect
      .poll(() => client.cluster('INFO'), { timeout: 10_000 })
      .toContain('cluster_state:ok');
    const cluster = new Redis.Cluster([{ host: '127.0.0.1', port: redis.port }], {
      lazyConnect: true,
    });
    onTestFinished(() => cluster.disconnect());
    await using member = join(cluster, { limits });
    const { take, events } = member;
    await take();
    await take();
    expect(events).toEqual([]);
  });
});

describeWithRedis('what one is told', () => {
  test('to wait holds the others, and those who come late', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url);
    await using other = join(redis.url);
    await Promise.all([one.take(), other.take()]);
    const toldAtMs = performance.now();
    one.source.hold?.(700);
    await sleep(50);
    await using late = join(redis.url);
    const taken = await Promise.all([other.take(), late.take()]);
    for (const { atMs } of taken) expect(atMs - toldAtMs).toBeGreaterThanOrEqual(700);
  });

  test('of limits is known to the others, and to those who come late', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url);
    await using other = join(redis.url);
    const [{ grant }] = await Promise.all([one.take(), other.take()]);
    const said = {
      unit: 'requests',
      name: 'rpm',
      limit: 60,
      remaining: 30,
      resetMs: 60_000,
    } as const;
    one.source.learn(grant, [said]);
    const known = { unit: 'requests', name: 'rpm', limit: 60, remaining: 30 };
    await expect.poll(() => other.source.snapshot()).toEqual([known]);
    await using late = join(redis.url);
    await late.take();
    expect(late.source.snapshot()).toEqual([known]);
  });
});
