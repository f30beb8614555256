import { type Clock, systemClock } from '@forbear/core';
import type { PermitSourceFactory } from '../permit-source.js';
import type { RedisGiven } from './ioredis.js';
import { Link } from './link.js';
import { RedisSource } from './redis-source.js';

export interface RedisPermitsOptions {
  readonly redis: RedisGiven;
  readonly prefix: string;
  readonly slowAfterMs: number;
  readonly assumedPeers: number;
  readonly clock?: Clock;
  readonly onLost: (reason: string) => void;
  readonly onBack: (lostForMs: number) => void;
}

/** Permits that processes share through one Redis. */
export interface RedisPermits {
  readonly source: PermitSourceFactory;
  close(): Promise<void>;
}

/** Connects to Redis, and makes permit sources that share that connection. */
export function redisPermits(options: RedisPermitsOptions): RedisPermits {
  const { prefix, assumedPeers, clock = systemClock } = options;
  const link = new Link({ ...options, clock });
  return {
    source: (context) => new RedisSource({ link, prefix, assumedPeers, context }),
    close: () => link.close(),
  };
}
