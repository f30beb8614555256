import type { Check } from '@forbear/core';
import { isClient } from './ioredis.js';

const REMEDY =
  "give a URL such as 'redis://localhost:6379', options of ioredis, or a client of ioredis 5 or 6";
const FOREIGN =
  'give a client of ioredis 5 or 6 (npm install ioredis, then new Redis(url)), since Bottleneck ' +
  'speaks to no other';

/** Where Redis is. What was given is not shown: it may hold a password. */
export const redisOption: Check = (value, path) => {
  const problem = (shown: string, remedy: string) => [{ option: path, value: shown, remedy }];
  if (value === undefined) return problem('nothing', REMEDY);
  if (typeof value === 'string' || value instanceof URL) {
    return isRedisUrl(value) ? [] : problem('a text that is no such URL', REMEDY);
  }
  if (isClient(value)) return [];
  if (isNodeRedis(value)) return problem('a client of node-redis', FOREIGN);
  if (isPlain(value)) return [];
  return problem('something else', REMEDY);
};

function isRedisUrl(value: string | URL): boolean {
  return URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol);
}

/** node-redis 4 and later have `sendCommand`, older ones `send_command` or `internal_send_command`. */
function isNodeRedis(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['sendCommand', 'send_command', 'internal_send_command'].some(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
