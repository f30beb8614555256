import { execute } from '@forbear/core';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { RedisServer } from './bench/redis-server.js';
import { describeWithRedis, evenly, join, type Member } from './redis-rig.js';

describeWithRedis('a key that comes while Redis stores nothing', () => {
  test('is shared once it does again, though another key has found that out', async () => {
    await using redis = await RedisServer.start();
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    await using one = join(redis.url, [evenly(10, 1000)]);
    await using other = join(redis.url, [evenly(10, 1000)]);
    const members = [one, other];
    const callAll = (key: string) =>
      Promise.all(members.map(({ policy }) => execute(() => 1, policy, { key })));
    await callAll('first');
    const isBack = ({ events }: Member) => events.at(-1) === 'back';
    const stored = async () => (await admin.keys('*:requests_settings')).length;
    await admin.config('SET', 'maxmemory', '1');
    await callAll('second');
    await expect.poll(() => members.every(({ events }) => events.length > 0)).toBe(true);
    await admin.config('SET', 'maxmemory', '0');
    await expect
      .poll(() => callAll('first').then(() => members.every(isBack)), { timeout: 8000 })
      .toBe(true);
    await expect.poll(() => callAll('second').then(stored), { timeout: 8000 }).toBe(2);
  });
});
