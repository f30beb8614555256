import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisServer } from './redis-server.js';

const ARGS = '--cluster-enabled yes --cluster-announce-ip 127.0.0.1 --cluster-node-timeout 2000';

const SLOTS = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** A Redis Cluster of our own: three nodes without replicas. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async start(): Promise<RedisCluster> {
    const args = ARGS.split(' ');
    const nodes = await Promise.all(SLOTS.map(() => RedisServer.start({ args })));
    const clients = nodes.map(({ url }) => new Redis(url));
    for (const [at, [from, to]] of SLOTS.entries()) {
      await clients[at]?.cluster('ADDSLOTSRANGE', from, to);
    }
    for (const { port } of nodes.slice(1)) await clients[0]?.cluster('MEET', '127.0.0.1', port);
    for (const client of clients) {
      while (!String(await client.cluster('INFO')).includes('state:ok')) await sleep(50);
      client.disconnect();
    }
    return new RedisCluster(nodes);
  }

  /** A client of it. */
  connect() {
    const startupNodes = this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    const client = new Redis.Cluster(startupNodes);
    client.on('error', () => {});
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }
}
