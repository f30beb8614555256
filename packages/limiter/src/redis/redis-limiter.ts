import {
  assertOptions,
  type Checks,
  check,
  durationMs,
  type Events,
  type FleetEvent,
  type Lane,
  type LaneContext,
  systemClock,
} from '@forbear/core';
import { KeyedLimiter } from '../keyed-limiter.js';
import type { Limiter } from '../limiter.js';
import { LIMITER_CHECKS, type LimiterOptions } from '../limiter-options.js';
import type { RedisGiven } from './ioredis.js';
import { Link } from './link.js';
import { redisOption } from './redis-option.js';
import { RedisSource } from './redis-source.js';

/** What a limiter goes by that shares its limits with other processes. */
export interface RedisLimiterOptions extends Omit<LimiterOptions, 'source'> {
  /**
   * Where Redis is: a URL, options of ioredis, or a client of ioredis 5 or 6. Connections of our own
   * are opened like it; a client that was given is left as it is.
   */
  readonly redis: RedisGiven;
  /** The beginning of all names in Redis. Limiters with the same prefix share. @default 'forbear' */
  readonly prefix?: string | undefined;
  /**
   * Redis is lost, and each process goes by itself, when it has not answered for so many milliseconds,
   * 10 or more. @default 250
   */
  readonly slowAfterMs?: number | undefined;
  /**
   * How many processes share the limits, 1 or more, for as long as Redis has not told it yet: one that
   * starts without Redis takes this part of each limit. @default 1
   */
  readonly assumedPeers?: number | undefined;
}

/** What a limiter through Redis does where its options are silent. */
export const REDIS_DEFAULTS = Object.freeze({
  prefix: 'forbear',
  slowAfterMs: 250,
  assumedPeers: 1,
});

const { source: _, ...SHARED_CHECKS } = LIMITER_CHECKS;

const CHECKS: Checks = {
  ...SHARED_CHECKS,
  redis: redisOption,
  prefix: check(
    (value) => typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value),
    'give 1 to 64 letters, digits, _, -, . or :',
  ),
  slowAfterMs: durationMs(10),
  assumedPeers: check(
    (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    'give a whole number of 1 or more',
  ),
};

/** So that a missing one is checked too. */
const MISSING: { readonly redis?: unknown } = { redis: undefined };

/**
 * Makes a limiter whose limits hold for all processes together that make one with the same prefix and
 * the same Redis. What servers said, a told wait or a limit, is shared too. While Redis is lost, each
 * process goes on by itself, at its share.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function createRedisLimiter(options: RedisLimiterOptions): Limiter {
  assertOptions('createRedisLimiter', { ...MISSING, ...options }, CHECKS);
  return new RedisLimiter(options);
}

class RedisLimiter extends KeyedLimiter {
  readonly #link: Link;
  readonly #told = new Set<Events>();

  constructor({ redis, prefix, slowAfterMs, assumedPeers, ...options }: RedisLimiterOptions) {
    const link: Link = new Link({
      redis,
      clock: systemClock,
      slowAfterMs: slowAfterMs ?? REDIS_DEFAULTS.slowAfterMs,
      onLost: (because) => this.#tell({ state: 'lost', because }),
      onBack: (lostForMs) => this.#tell({ state: 'back', lostForMs }),
    });
    super({
      ...options,
      source: (context) =>
        new RedisSource({
          link,
          prefix: prefix ?? REDIS_DEFAULTS.prefix,
          assumedPeers: assumedPeers ?? REDIS_DEFAULTS.assumedPeers,
          context,
        }),
    });
    this.#link = link;
  }

  override laneOf(context: LaneContext): Lane {
    const { events } = context;
    if (!this.#told.has(events)) {
      this.#told.add(events);
      const because = this.#link.lostBecause;
      if (because !== undefined) this.#tell({ state: 'lost', because }, [events]);
    }
    return super.laneOf(context);
  }

  override async drain(options?: { readonly deadlineMs?: number | undefined }): Promise<number> {
    const late = await super.drain(options);
    await this.#link.close();
    return late;
  }

  #tell(
    news: Pick<FleetEvent, 'state' | 'because' | 'lostForMs'>,
    to: Iterable<Events> = this.#told,
  ) {
    for (const events of to) {
      if (events.hears('fleet')) events.emit({ type: 'fleet', ...news, atMs: systemClock.now() });
    }
  }
}
