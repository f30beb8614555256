import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisClient } from './redis-client.js';

/** Options of a client of ioredis: host, port, username, password, tls, ... */
export type RedisClientOptions = RedisOptions;

/** Where Redis is: a URL, options of ioredis, or a client of ioredis, which is left as it is. */
export type RedisGiven = string | URL | RedisClientOptions | Redis | Cluster | RedisClient;

/** How long after a lost connection the next is tried, in milliseconds. */
const RECONNECT_MS = 200;

/**
 * Commands fail at once while there is no connection, and none is sent twice: calls go on without
 * Redis then, and what came late would take permits that nobody waits for.
 */
const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
};

/** After a failover the server that is left is a replica, which nothing but another connection leaves. */
const isReadOnly = ({ message }: Error) => message.startsWith('READONLY');

const OWN = {
  ...FAIL_FAST,
  reconnectOnError: isReadOnly,
  lazyConnect: false,
  // Where it fails it rejects a promise that nobody has; it is done in another place.
  autoResubscribe: false,
  retryStrategy: () => RECONNECT_MS,
  disconnectTimeout: 100,
} satisfies RedisOptions;

/** Opens a connection of our own: with the options given, or like the client given. */
export function openClient(given: RedisGiven): RedisClient {
  if (isClient(given)) return duplicate(given);
  if (typeof given === 'string' || given instanceof URL) return new Redis(String(given), OWN);
  return new Redis({ ...given, ...OWN });
}

/** Whether it is a client of ioredis, of whatever version or copy. */
export function isClient(given: unknown): given is RedisClient {
  if (typeof given !== 'object' || given === null) return false;
  const { status, defineCommand, duplicate } = given as Partial<Record<string, unknown>>;
  return (
    typeof status === 'string' &&
    typeof defineCommand === 'function' &&
    typeof duplicate === 'function'
  );
}

function duplicate(client: RedisClient): RedisClient {
  const copy: unknown = client.duplicate;
  if (client.isCluster !== true) return (copy as DuplicateClient).call(client, OWN);
  const { redisOptions = {} } = client.options as { readonly redisOptions?: RedisOptions };
  return (copy as DuplicateCluster).call(client, [], {
    enableOfflineQueue: false,
    lazyConnect: false,
    // Its timer would keep the process; whoever asks the wrong node is told so.
    slotsRefreshInterval: 0,
    clusterRetryStrategy: () => RECONNECT_MS,
    redisOptions: { ...redisOptions, ...FAIL_FAST },
  });
}

type DuplicateClient = (options: object) => RedisClient;
type DuplicateCluster = (nodes: readonly unknown[], options: object) => RedisClient;

/** Gives a connection up for a new one. */
export function reconnect(client: RedisClient): void {
  const { isCluster = false, status } = client;
  // A cluster that is disturbed while it connects is ready without any node, and stays so.
  if (isCluster && ['connecting', 'connect', 'close', 'reconnecting'].includes(status)) return;
  // One that had no node is never told that the last is gone.
  if (status === 'disconnecting') client.connect().catch(() => {});
  else client.disconnect(true);
}

/** Lets the process exit while a connection is open: whoever waits for something holds it by a timer. */
export function letExit(client: RedisClient): void {
  client.on('connect', () => unref(Reflect.get(client, 'stream')));
  client.on('reconnecting', () => unref(Reflect.get(client, 'reconnectTimeout')));
  client.on('+node', (node) => letExit(node as RedisClient));
  letExitOfMessages(Reflect.get(client, 'subscriber'));
}

/** A cluster has a connection for messages, too: now one, now another, and nobody is told. */
function letExitOfMessages(messages: Partial<ClusterMessages> | undefined): void {
  const select = messages?.selectSubscriber;
  if (messages === undefined || select === undefined) return;
  messages.selectSubscriber = () => {
    select.call(messages);
    const client = messages.getInstance?.();
    if (client) letExit(client);
  };
}

interface ClusterMessages {
  selectSubscriber(): void;
  getInstance(): RedisClient | null;
}

function unref(handle: unknown): void {
  (handle as { unref?: () => void } | null | undefined)?.unref?.();
}
