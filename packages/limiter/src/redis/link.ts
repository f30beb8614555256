import type { Clock } from '@forbear/core';
import { AnswerWatch } from './answer-watch.js';
import { connectBottleneck, type SharedConnection, subscriberOf } from './bottleneck.js';
import { letExit, openClient, type RedisGiven, reconnect } from './ioredis.js';
import type { LinkState, LinkUser } from './link-user.js';
import type { RedisClient } from './redis-client.js';

/** How long a first connection may take before calls go on without, in milliseconds. */
const CONNECT_MS = 1000;
/** How long a connection may say nothing before it is given up for a new one, in milliseconds. */
const HANG_MS = 2000;
/** For how long a connection may refuse all that it is asked before it is given up for a new one. */
const REFUSE_MS = 5000;
/** How long after a probe the next may go, in milliseconds; twice as long after each relapse. */
const PROBE_MS = 250;
const MOST_RELAPSES = 7;
/** Lost again within so many milliseconds, it was not back. */
const RELAPSE_MS = 10_000;
/**
 * For how long each process keeps to its share after Redis is back, in milliseconds: longer than it
 * takes all of them to find out.
 */
const RETURN_MS = 3000;

const CLOSED = 'the connection was closed';
const OFFLINE = /^(Connection is closed|Stream isn't writeable)/;

/** An answer that is awaited while nothing is wrong with Redis. */
const HARMLESS = /^(SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT|OVERWEIGHT)/;

export interface LinkOptions {
  readonly redis: RedisGiven;
  readonly clock: Clock;
  /** Redis is lost when it does not answer for so long, in milliseconds. */
  readonly slowAfterMs: number;
  /** Is told once each time that Redis is lost, with what is known of why. */
  readonly onLost: (reason: string) => void;
  /** Is told once each time that it is back. */
  readonly onBack: (lostForMs: number) => void;
}

/**
 * The connection to Redis and what is known of its health. No timer runs but while an answer is
 * awaited; what else takes time is looked at when somebody asks for a permit.
 */
export class Link {
  readonly client: RedisClient;
  readonly connection: SharedConnection;
  readonly #options: LinkOptions;
  readonly #users = new Set<LinkUser>();
  readonly #watch: AnswerWatch;
  readonly #openedAtMs: number;
  #isUp = false;
  #isClosed = false;
  #lostAtMs: number | undefined;
  #backAtMs = Number.NEGATIVE_INFINITY;
  #probedAtMs = Number.NEGATIVE_INFINITY;
  #isProbing = false;
  #relapses = 0;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #lastError = 'it cannot be reached';
  #lostBecause = '';

  constructor(options: LinkOptions) {
    this.#options = options;
    const { clock, slowAfterMs } = options;
    this.#openedAtMs = clock.monotonic();
    this.#watch = new AnswerWatch(clock, slowAfterMs, () =>
      this.#lose(`it has not answered for ${slowAfterMs} ms`),
    );
    this.client = openClient(options.redis);
    letExit(this.client);
    this.client.on('error', (error) => {
      if (error instanceof Error) this.#lastError = error.message;
    });
    this.client.on('ready', () => this.#ready());
    this.client.on('close', () => {
      if (this.#isUp) this.#lose(CLOSED);
    });
    this.connection = connectBottleneck(this.client, () => this.watch());
    letExit(subscriberOf(this.connection));
  }

  get state(): LinkState {
    const nowMs = this.#options.clock.monotonic();
    if (this.#lostAtMs !== undefined || this.#isClosed) return 'lost';
    if (this.#isUp) return nowMs - this.#backAtMs < RETURN_MS ? 'returning' : 'shared';
    if (nowMs - this.#openedAtMs < CONNECT_MS) return 'connecting';
    this.#lose(this.#lastError);
    return 'lost';
  }

  /** Milliseconds until its state changes by itself; `Infinity`: it does not. */
  get changesInMs(): number {
    const nowMs = this.#options.clock.monotonic();
    if (this.#lostAtMs !== undefined) return Number.POSITIVE_INFINITY;
    const sinceMs = this.#isUp ? this.#backAtMs + RETURN_MS : this.#openedAtMs + CONNECT_MS;
    return sinceMs > nowMs ? sinceMs - nowMs : Number.POSITIVE_INFINITY;
  }

  /** Why Redis is lost; `undefined`: it is not. */
  get lostBecause(): string | undefined {
    return this.state === 'lost' ? this.#lostBecause : undefined;
  }

  join(user: LinkUser): void {
    this.#users.add(user);
  }

  leave(user: LinkUser): void {
    this.#users.delete(user);
  }

  /** Awaits an answer of Redis: to be told how it ended. */
  watch(): (error: unknown) => void {
    const answered = this.#watch.start();
    return (error) => {
      answered();
      if (error instanceof Error && !HARMLESS.test(error.message)) {
        this.#lose(OFFLINE.test(error.message) ? CLOSED : error.message);
      } else if (this.#lostAtMs !== undefined) this.#probe();
    };
  }

  /** Does what is due: for a lost connection, or for limiters that could not begin. */
  tend(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#lostAtMs === undefined) {
      this.connection.beginAgain(nowMs);
      return;
    }
    const isAsked = this.client.status === 'ready' && !this.#isProbing;
    if (isAsked) this.#probe();
    const lastAtMs = Math.max(this.#lostAtMs, this.#renewedAtMs, isAsked ? 0 : this.#probedAtMs);
    if (nowMs - lastAtMs < (isAsked ? REFUSE_MS : HANG_MS)) return;
    this.#renewedAtMs = nowMs;
    for (const client of [this.client, subscriberOf(this.connection)]) reconnect(client);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch.stop();
    this.client.disconnect();
    subscriberOf(this.connection).disconnect();
  }

  #ready(): void {
    this.connection.beginAgain(this.#options.clock.monotonic());
    this.#isUp = this.#lostAtMs === undefined;
    if (this.#isUp) this.#tell();
    else this.#probe();
  }

  #lose(reason: string): void {
    if (this.#isClosed || this.#lostAtMs !== undefined) return;
    const nowMs = this.#options.clock.monotonic();
    const isRelapse = nowMs - this.#backAtMs < RELAPSE_MS;
    this.#relapses = isRelapse ? Math.min(this.#relapses + 1, MOST_RELAPSES) : 0;
    this.#lostAtMs = nowMs;
    this.#isUp = false;
    this.#lostBecause = reason;
    this.#watch.stop();
    this.#options.onLost(reason);
    this.#tell();
  }

  #probe(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#isProbing || nowMs - this.#probedAtMs < PROBE_MS * 2 ** this.#relapses) return;
    this.#probedAtMs = nowMs;
    this.#isProbing = true;
    this.connection.beginAgain(nowMs);
    const [user] = this.#users;
    Promise.resolve(user?.probe()).then(
      () => {
        this.#isProbing = false;
        this.#back();
      },
      () => {
        this.#isProbing = false;
      },
    );
  }

  #back(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#isClosed || this.#lostAtMs === undefined) return;
    const lostForMs = nowMs - this.#lostAtMs;
    this.#lostAtMs = undefined;
    this.#isUp = true;
    this.#backAtMs = nowMs;
    this.#options.onBack(lostForMs);
    this.#tell();
  }

  #tell(): void {
    for (const user of this.#users) user.onLink();
  }
}
