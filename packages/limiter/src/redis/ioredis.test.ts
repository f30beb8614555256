import { expect, test } from 'vitest';
import { reconnect } from './ioredis.js';
import type { RedisClient } from './redis-client.js';

function reconnected(client: Pick<RedisClient, 'status' | 'isCluster'>): readonly string[] {
  const done: string[] = [];
  const stub = {
    ...client,
    disconnect: (again: boolean) => done.push(`disconnect ${again}`),
    connect: async () => done.push('connect'),
  };
  reconnect(stub as unknown as RedisClient);
  return done;
}

test('a connection is given up for a new one, whatever it does', () => {
  for (const status of ['connecting', 'connect', 'ready']) {
    expect(reconnected({ status })).toEqual(['disconnect true']);
  }
});

test('a cluster that connects is left alone, since it would be ready without any node', () => {
  for (const status of ['connecting', 'connect', 'close', 'reconnecting']) {
    expect(reconnected({ status, isCluster: true })).toEqual([]);
  }
  expect(reconnected({ status: 'ready', isCluster: true })).toEqual(['disconnect true']);
});

test('a cluster that had no node to disconnect from is connected by hand', () => {
  expect(reconnected({ status: 'disconnecting', isCluster: true })).toEqual(['connect']);
});
