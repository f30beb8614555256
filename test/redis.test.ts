import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { definePolicy, execute } from '@forbear/core';
import { createRedisLimiter } from '@forbear/limiter/redis';
import { testCertificate } from '@forbear/testing/node';
import { Redis } from 'ioredis';
import { Redis as Redis6 } from 'ioredis-6';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort, RedisServer } from './bench/redis-server.js';
import { describeWithRedis, evenly, join } from './redis-rig.js';

const limits = [evenly(50, 1000)];

/** What a user of an ACL needs, as the documentation says. */
const RIGHTS = [
  ...['~*{forbear:*', '&b_{forbear:*'],
  ...'+@read +@write +@scripting +@pubsub +@connection +info +time'.split(' '),
];

/** After an answer that told no limits, those of the next are not looked at for so long. */
const QUIET_MS = 150;

/** A client that looks at what is stored. */
function look(url: string): Redis {
  const client = new Redis(url);
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

describeWithRedis('permits through Redis', () => {
  test('are shared: two members together are no faster than the limit', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url, limits);
    await using other = join(redis.url, limits);
    const calls = [one, other].flatMap(({ call }) => Array.from({ length: 10 }, () => call()));
    const times = (await Promise.all(calls)).sort((first, second) => first - second);
    // 20 permits are 19 gaps of 20 ms; a timer may be a millisecond early at either end.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(19 * 20 - 5);
  });

  test('follow the limit of the process that came last, for all', async () => {
    await using redis = await RedisServer.start();
    await using first = join(redis.url, limits);
    await first.call();
    await using last = join(redis.url, [evenly(10, 1000)]);
    await last.call();
    const client = look(redis.url);
    const [settings = ''] = await client.keys('*requests_settings');
    const gapMs = async () => Math.floor(Number(await client.hget(settings, 'minTime')));
    await expect.poll(gapMs).toBe(100);
    const times = await Promise.all(Array.from({ length: 6 }, () => first.call()));
    // Some were on their way before; the last three were not.
    const [before = 0, , after = 0] = times.sort((one, other) => one - other).slice(-3);
    expect(after - before).toBeGreaterThan(2 * 100 - 15);
  });

  test('go on when all keys are lost, and when Redis has forgotten who we are', async () => {
    await using redis = await RedisServer.start();
    await using member = join(redis.url, limits);
    const client = look(redis.url);
    await member.call();
    await client.flushall();
    await member.call();
    await member.call();
    const [seen = ''] = await client.keys('*requests_client_last_seen');
    await client.del(seen);
    await member.call();
    await member.call();
    expect(member.events).toEqual([]);
  });

  test('leave keys behind that all expire, in one slot of a cluster, without the credential', async () => {
    await using redis = await RedisServer.start();
    const tokens = { unit: 'tokens', amount: 60_000, perMs: 60_000, shape: 'even' } as const;
    await using member = join(redis.url, [...limits, tokens]);
    await member.call({}, 10);
    await sleep(QUIET_MS);
    const rate = { 'x-ratelimit-limit-requests': '9', 'x-ratelimit-remaining-requests': '8' };
    await member.call({ headers: { ...rate, 'x-ratelimit-reset-requests': '100ms' } }, 10);
    await member.call({ status: 429, headers: { 'retry-after': '1' } }, 10);
    const client = look(redis.url);
    const ends = ['peers', 'hold', 'learnt', 'requests_settings', 'tokens_settings'];
    for (const end of ends) await expect.poll(() => client.keys(`*${end}`)).toHaveLength(1);
    for (const key of await client.keys('*')) {
      expect(key).toMatch(/\{forbear:[0-9a-f]{32}\}/);
      // -1: it has no expiry; -2: it is gone already.
      expect(await client.pttl(key)).not.toBe(-1);
      const dumped = await client.dumpBuffer(key);
      expect(key + (dumped?.toString('latin1') ?? '')).not.toContain('sk-secret');
    }
  });

  test('of tokens are waited for until there are enough of them', async () => {
    await using redis = await RedisServer.start();
    await using member = join(redis.url, [
      { unit: 'tokens', amount: 10_000, perMs: 10_000, shape: 'even' },
    ]);
    const startedMs = await member.call({}, 10);
    const lastMs = await Promise.all([600, 500].map((tokens) => member.call({}, tokens)));
    // A little is saved up: 3 steps of 41 tokens.
    expect(Math.max(...lastMs) - startedMs).toBeGreaterThan(1100 - 10 - 3 * 41 - 5);
  });
});

describeWithRedis('Redis is given', () => {
  test('as a URL, with a user and a password of an ACL', async () => {
    await using redis = await RedisServer.start({
      args: ['--user', 'default', 'off', '--user', 'me', 'on', '>secret', ...RIGHTS],
    });
    const url = `redis://me:secret@127.0.0.1:${redis.port}`;
    await using member = join(url, limits);
    await using other = join(url, limits);
    await Promise.all([member.call(), other.call()]);
    await member.call({ status: 429, headers: { 'retry-after': '60' } });
    await expect.poll(() => other.policy.gates.snapshot()[0]?.state).toBe('closed');
    expect([...member.events, ...other.events]).toEqual([]);
  });

  test('by TLS', async () => {
    const folder = await mkdtemp(joinPath(tmpdir(), 'forbear-tls-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [key, cert] = [joinPath(folder, 'key.pem'), joinPath(folder, 'cert.pem')];
    await Promise.all([writeFile(key, testCertificate.key), writeFile(cert, testCertificate.cert)]);
    const port = await findFreePort();
    const tls = ['--tls-port', String(port), '--tls-auth-clients', 'no'];
    const files = ['--tls-key-file', key, '--tls-cert-file', cert, '--tls-ca-cert-file', cert];
    await using _ = await RedisServer.start({ args: [...tls, ...files] });
    const given = { host: '127.0.0.1', port, tls: { rejectUnauthorized: false } };
    await using member = join(given, limits);
    await member.call();
    expect(member.events).toEqual([]);
  });

  test('as options', async () => {
    await using redis = await RedisServer.start();
    const given = { host: '127.0.0.1', port: redis.port, keyPrefix: 'mine:' };
    await using member = join(given, limits);
    await member.call();
    const keys = await look(redis.url).keys('*');
    expect(keys.length).toBeGreaterThan(0);
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
      await using member = join(client, limits);
      await member.call();
      expect(member.events).toEqual([]);
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
    await expect.poll(() => client.cluster('INFO'), { timeout: 10_000 }).toContain('state:ok');
    const cluster = new Redis.Cluster([{ host: '127.0.0.1', port: redis.port }], {
      lazyConnect: true,
    });
    onTestFinished(() => cluster.disconnect());
    await using member = join(cluster, limits);
    await member.call();
    await member.call();
    expect(member.events).toEqual([]);
    await member.limiter.drain({ deadlineMs: 0 });
  });
});

describeWithRedis('what one is told', () => {
  test('to wait holds the others, and those who come late', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url);
    await using other = join(redis.url);
    await Promise.all([one.call(), other.call()]);
    const toldAtMs = performance.now();
    await one.call({ status: 429, headers: { 'retry-after': '1' } });
    await sleep(50);
    await using late = join(redis.url);
    const times = await Promise.all([one.call(), other.call(), late.call()]);
    for (const atMs of times) expect(atMs - toldAtMs).toBeGreaterThanOrEqual(1000);
  });

  test('for long refuses the calls of the others, with the answer that it got', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url);
    await using other = join(redis.url);
    await Promise.all([one.call(), other.call()]);
    await one.call({
      status: 429,
      headers: { 'retry-after': '600', 'x-ratelimit-remaining': '0' },
    });
    await expect.poll(() => other.policy.gates.snapshot()[0]?.state).toBe('refusing');
    await expect(other.call()).rejects.toMatchObject({
      message: expect.stringContaining('another process was refused'),
      status: 429,
    });
  });

  test('of limits is known to the others, and to those who come late', async () => {
    await using redis = await RedisServer.start();
    await using one = join(redis.url);
    await using other = join(redis.url);
    await Promise.all([one.call(), other.call()]);
    await sleep(QUIET_MS);
    await one.call({
      headers: {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '30',
        'x-ratelimit-reset-requests': '60s',
      },
    });
    const known = [{ unit: 'requests', name: expect.any(String), limit: 60, remaining: 30 }];
    await expect.poll(() => other.limiter.snapshot()[0]?.limits).toEqual(known);
    await using late = join(redis.url);
    await late.call();
    expect(late.limiter.snapshot()[0]?.limits).toEqual(known);
  });
});

describeWithRedis('what somebody else stored or sent under our names', () => {
  test('harms no call, and does not keep Redis from being found again', async () => {
    await using redis = await RedisServer.start();
    await using first = join(redis.url);
    await first.call();
    const client = look(redis.url);
    const [peers = ''] = await client.keys('*:peers');
    const id = peers.slice(0, -':peers'.length);
    await client.set(`${id}:hold`, 'null', 'PX', 60_000);
    await client.hset(`${id}:learnt`, { atMs: 0, limits: '[null]' });
    for (const text of ['null', '{}', '{"from":"x","limits":5}', '{"from":"x","hold":"y"}']) {
      await client.publish(`b_${id}:requests`, `message:${text}`);
    }
    await using late = join(redis.url);
    await Promise.all([first.call(), late.call()]);
    expect(late.policy.gates.snapshot()).toMatchObject([{ state: 'open' }]);
    await client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect
      .poll(() => late.call().then(() => late.events), { timeout: 5000 })
      .toEqual([expect.any(String), 'back']);
  });
});

test('every bad option is named at once', () => {
  const given = { redis: 'localhost', prefix: '', slowAfterMs: 0, assumedPeers: 0.5, source: 1 };
  expect(() => createRedisLimiter(given as never)).toThrow(/5 bad option/);
  expect(() => createRedisLimiter({} as never)).toThrow('redis: got nothing');
});

test('a call without Redis settles by its deadline even while Redis is looked for', async () => {
  const limiter = createRedisLimiter({ redis: 'redis://127.0.0.1:9', requestsPerMinute: 1 });
  const policy = definePolicy({ limiter, deadlineMs: 100 });
  await expect(execute(() => 1, policy)).rejects.toMatchObject({ name: 'TimeoutError' });
  await limiter.drain({ deadlineMs: 0 });
});
