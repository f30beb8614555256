import type { RedisClient } from './redis-client.js';

const NOW =
  "local time = redis.call('time'); local now = time[1] * 1000 + math.floor(time[2] / 1000);";

/** Counts this process among its peers, and reads what the others have stored. */
const SYNC = `${NOW}
redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now - ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[2])
local learnt = redis.call('hmget', KEYS[3], 'atMs', 'limits')
return { redis.call('zcard', KEYS[1]), redis.call('pttl', KEYS[2]), redis.call('get', KEYS[2]),
  now - (learnt[1] or now), learnt[2] }`;

/** Stores that nothing is sent for a while; a longer one that is there stays. */
const HOLD = `
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[1])
end`;

const LEARN = `${NOW}
redis.call('hset', KEYS[1], 'atMs', now, 'limits', ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[2])`;

const SCRIPTS = { sync: [SYNC, 3], hold: [HOLD, 1], learn: [LEARN, 1] } as const;

export type ScriptName = keyof typeof SCRIPTS;

type Script = (...given: (string | number)[]) => Promise<unknown>;

const commandOf = (name: string) => `forbear_${name}_key`;

/** Makes them commands of a client. */
export function defineScripts(client: RedisClient): void {
  for (const [name, [lua, numberOfKeys]] of Object.entries(SCRIPTS)) {
    client.defineCommand(commandOf(name), { lua, numberOfKeys });
  }
}

/** Runs one, with its keys and what else it is given. */
export function runScript(
  client: RedisClient,
  name: ScriptName,
  given: readonly (string | number)[],
): Promise<unknown> {
  const run = Reflect.get(client, commandOf(name)) as Script;
  return run.call(client, ...given);
}
