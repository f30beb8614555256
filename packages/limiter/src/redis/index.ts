export { fromBottleneck } from './from-bottleneck.js';
export type { RedisClientOptions, RedisGiven } from './ioredis.js';
export type { OwnBottleneck } from './own-bottleneck-source.js';
export type { RedisClient } from './redis-client.js';
export {
  createRedisLimiter,
  REDIS_DEFAULTS,
  type RedisLimiterOptions,
} from './redis-limiter.js';
