export type { RedisClientOptions, RedisGiven } from './ioredis.js';
export type { RedisClient } from './redis-client.js';
export { type RedisPermits, type RedisPermitsOptions, redisPermits } from './redis-permits.js';
