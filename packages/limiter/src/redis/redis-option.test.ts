import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { redisOption } from './redis-option.js';

const problemsOf = (value: unknown) => redisOption(value, 'redis');

test('URLs, options, and clients of ioredis are taken', () => {
  const client = new Redis({ lazyConnect: true });
  const cluster = Object.assign(Object.create({ constructor: class Cluster {} }), {
    status: 'wait',
    isCluster: true,
    defineCommand: () => {},
    duplicate: () => {},
  });
  for (const good of [
    'redis://localhost',
    'rediss://user:pass@redis.test:6380/2',
    new URL('redis://localhost'),
    { host: 'localhost', port: 6379, tls: {} },
    client,
    cluster,
  ]) {
    expect(problemsOf(good)).toEqual([]);
  }
  client.disconnect();
});

test('a client of node-redis is refused by its name, with what to do', () => {
  const v4 = Object.assign(new (class Client {})(), { isOpen: true, sendCommand: () => {} });
  const v3 = Object.assign(new (class Client {})(), { internal_send_command: () => {} });
  for (const client of [v4, v3]) {
    expect(problemsOf(client)).toEqual([
      {
        option: 'redis',
        value: 'a client of node-redis',
        remedy: expect.stringMatching(
          /ioredis 5 or 6 \(npm install ioredis, then new Redis\(url\)\)/,
        ),
      },
    ]);
  }
});

test.each([undefined, '', 'localhost:6379', 'http://localhost', 6379, [], new Map(), null])(
  '%s is refused',
  (value) => {
    expect(problemsOf(value)).toHaveLength(1);
  },
);

test('a URL that is refused is not shown, since it may hold a password', () => {
  const text = JSON.stringify(problemsOf('redsi://:secret@localhost'));
  expect(text).not.toContain('secret');
});
