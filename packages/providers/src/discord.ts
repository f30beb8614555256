import type { ProviderProfile } from '@forbear/core';

/**
 * Discord: buckets for each method, path and first id in it, which only headers name, and 50 requests
 * a second for all of a bot. 10,000 answers of 401, 403 and 429 within 10 minutes get its address
 * banned, so a 429 is waited out to its end.
 *
 * @see https://docs.discord.com/developers/topics/rate-limits
 */
export const discord = Object.freeze<ProviderProfile>({
  name: 'Discord',
  hosts: ['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com'],
  limitScope: 'resource',
  limits: [
    {
      name: 'bucket',
      nameIn: 'x-ratelimit-bucket',
      unit: 'requests',
      headers: 'x-ratelimit-*',
      reset: 'seconds',
    },
    { name: 'global', unit: 'requests', amount: 50, windowMs: 1_000 },
  ],
  envelope: ['message', 'code'],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request is wrong' },
    { status: 401, kind: 'auth', because: 'the token is wrong, and such answers lead to a ban' },
    {
      status: 403,
      kind: 'auth',
      because: 'the permission is missing, and such answers lead to a ban',
    },
    { status: 404, kind: 'invalid', because: 'there is no such channel, message or user' },
    {
      status: 429,
      headers: { 'x-ratelimit-scope': 'global' },
      kind: 'rate-limited',
      bucket: 'global',
      because: 'the requests of the second are used up for the whole bot',
    },
    {
      status: 429,
      headers: { 'x-ratelimit-scope': 'shared' },
      kind: 'rate-limited',
      because: 'others have used up the bucket of the resource, which counts towards no ban',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the bucket is empty, and such answers lead to a ban',
    },
    {
      status: [500, 502],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: [
    'https://docs.discord.com/developers/topics/rate-limits',
    'https://docs.discord.com/developers/topics/opcodes-and-status-codes',
  ],
});
