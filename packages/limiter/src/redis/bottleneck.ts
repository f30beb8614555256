import Bottleneck from 'bottleneck';
import type { RedisClient } from './redis-client.js';

/** A limiter of Bottleneck: 2.19.5, since what follows reaches into it. */
export type SharedLimiter = Bottleneck;

/** What Bottleneck runs of its scripts, and when: each call of one is told, and then its end. */
export type ScriptWatch = () => (error: unknown) => void;

type Callback = (error: unknown, replies?: unknown) => void;
type Script = (...args: unknown[]) => void;

/** Scripts of Bottleneck that others run on the same client stay as they are. */
const PREFIX = 'forbear_';

const CLIENT_TIME = 'local now = tonumber(ARGV[1])';
const SERVER_TIME = [
  "local time = redis.call('time')",
  'local now = time[1] * 1000 + math.floor(time[2] / 1000)',
].join('\n');

/** Where permits are not a whole number of milliseconds apart, it is no time for Redis to expire a key. */
const ANY_EXPIRY = "redis.call('pexpire', KEYS[i], ttl)";
const WHOLE_EXPIRY = "redis.call('pexpire', KEYS[i], math.ceil(ttl))";

/** Bottleneck gives a limiter up for good where one of these fails, so they are run again until they do not. */
const FIRST_SCRIPTS: ReadonlySet<string> = new Set(['init', 'register_client']);

/** How long after they were run again they are run the next time, in milliseconds. */
const BEGIN_MS = 1000;

/** What Redis 7 and later put before the errors that Bottleneck knows by their whole text. */
const KNOWN_ERROR = /^ERR (?=SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT|OVERWEIGHT)/;

/**
 * Bottleneck's connection, repaired. Its scripts read the time of Redis instead of each process's own,
 * so that a wrong clock stalls nobody, and it recovers from lost keys and forgotten clients on Redis 7
 * and later.
 */
class RepairedConnection extends Bottleneck.IORedisConnection {
  readonly #client: RedisClient;
  readonly #watch: ScriptWatch;
  readonly #failed = new Set<() => void>();
  #begunAtMs = Number.NEGATIVE_INFINITY;

  constructor(client: RedisClient, watch: ScriptWatch) {
    super({ client });
    this.#client = client;
    this.#watch = watch;
    const subscriber = subscriberOf(this);
    subscriber.on('ready', () => {
      const channels = Object.keys(limitersOf(this));
      if (channels.length > 0) subscriber.subscribe(...channels).catch(() => {});
    });
  }

  /** Runs again what limiters could not begin with, though not too often. */
  beginAgain(nowMs: number): void {
    if (this.#failed.size === 0 || nowMs - this.#begunAtMs < BEGIN_MS) return;
    this.#begunAtMs = nowMs;
    const failed = [...this.#failed];
    this.#failed.clear();
    for (const attempt of failed) attempt();
  }

  __removeLimiter__(limiter: SharedLimiter): void {
    for (const channel of channelsOf(limiter)) {
      delete limitersOf(this)[channel];
      // Bottleneck has nobody listen to whether that worked, and a lost Redis would end the process.
      subscriberOf(this)
        .unsubscribe(channel)
        .catch(() => {});
    }
  }

  _loadScripts(): void {
    const defineCommand = (name: string, { lua }: { readonly lua: string }) =>
      this.#client.defineCommand(PREFIX + name, {
        lua: lua.replace(CLIENT_TIME, SERVER_TIME).replace(ANY_EXPIRY, WHOLE_EXPIRY),
      });
    const load: unknown = Reflect.get(Bottleneck.IORedisConnection.prototype, '_loadScripts');
    (load as () => void).call({ client: { defineCommand } });
  }

  __scriptFn__(name: string): Script {
    return (...args) => {
      const callback = args.pop() as Callback;
      const run = Reflect.get(this.#client, PREFIX + name) as Script;
      const attempt = () => {
        const ended = this.#watch();
        run.call(this.#client, ...args, (error: unknown, replies: unknown) => {
          if (error instanceof Error) error.message = error.message.replace(KNOWN_ERROR, '');
          ended(error);
          if (error && FIRST_SCRIPTS.has(name)) this.#failed.add(attempt);
          else callback(error, replies);
        });
      };
      attempt();
    };
  }
}

/** The connection of Bottleneck's limiters to Redis. */
export type SharedConnection = RepairedConnection;

/** Connects Bottleneck by a client, and another like it for messages. */
export function connectBottleneck(client: RedisClient, watch: ScriptWatch): SharedConnection {
  const connection = new RepairedConnection(client, watch);
  connection.on('error', () => {});
  return connection;
}

/** Within how many milliseconds a job has to start and end, in case its process dies. */
export const EXPIRATION_MS = 10_000;
/** How long after a failure Redis is asked again, in milliseconds. */
export const AGAIN_MS = 100;

export interface SharedLimiterOptions {
  /** The name of it in Redis: its keys begin with `b_` and it. */
  readonly id: string;
  /** Milliseconds between permits; without it only the reservoir counts. */
  readonly minTime?: number;
  readonly reservoir?: number;
  readonly reservoirIncreaseInterval?: number;
  readonly reservoirIncreaseAmount?: number;
  readonly reservoirIncreaseMaximum?: number;
  /** Milliseconds after which its keys expire when nobody uses them. */
  readonly timeout: number;
}

/** Makes a limiter that every process shares which makes one of the same name. */
export function createSharedLimiter(
  connection: SharedConnection,
  options: SharedLimiterOptions,
): SharedLimiter {
  const limiter = new Bottleneck({ ...options, connection, heartbeatInterval: 1000 });
  // What goes wrong in a script is seen by whoever watches them.
  limiter.on('error', () => {});
  return limiter;
}

/** Changes settings of a limiter for all processes; where Redis is lost, they are sent when it is back. */
function changeSettings(limiter: SharedLimiter, settings: Bottleneck.ConstructorOptions): void {
  // It returns a promise, whatever its types say.
  Promise.resolve(limiter.updateSettings(settings)).catch(() => {});
}

/**
 * Keeps settings of a limiter as they are said here, whatever was stored by processes that say otherwise.
 *
 * @returns what stores them again, after a change
 */
export function keepSettings(
  limiter: SharedLimiter,
  settings: () => Bottleneck.ConstructorOptions,
): () => void {
  let isReady = false;
  const store = () => {
    if (isReady) changeSettings(limiter, settings());
  };
  limiter.ready().then(
    () => {
      isReady = true;
      store();
    },
    () => {},
  );
  return store;
}

/** Has a limiter look whether any of its waiting jobs can go, as it does by itself on a message of Redis. */
export function drain(limiter: SharedLimiter): void {
  const drainAll: unknown = Reflect.get(limiter, '_drainAll');
  (drainAll as () => void).call(limiter);
}

/** The connection on which messages come. */
export function subscriberOf(connection: SharedConnection): RedisClient {
  return Reflect.get(connection, 'subscriber') as RedisClient;
}

/** What names this process among those that share a limiter. */
export function memberOf(limiter: SharedLimiter): string {
  return channelsOf(limiter)[1];
}

function channelsOf(limiter: SharedLimiter): readonly [ofAll: string, own: string] {
  const { channel, channel_client } = limiter as unknown as Record<string, () => string>;
  return [channel?.call(limiter) ?? '', channel_client?.call(limiter) ?? ''];
}

function limitersOf(connection: SharedConnection): Record<string, unknown> {
  return Reflect.get(connection, 'limiters') as Record<string, unknown>;
}
