import type { ProviderProfile } from '@forbear/core';

/**
 * GitHub's REST and GraphQL: an hourly limit for each user and resource, and secondary limits that only
 * a message or Retry-After tells.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const github = Object.freeze<ProviderProfile>({
  name: 'GitHub',
  hosts: ['api.github.com', 'uploads.github.com', 'api.*.ghe.com'],
  limitScope: 'credential',
  limits: [
    {
      name: 'core',
      nameIn: 'x-ratelimit-resource',
      unit: 'requests',
      windowMs: 3_600_000,
      headers: 'x-ratelimit-*',
      reset: 'unix-seconds',
    },
  ],
  envelope: ['message', 'documentation_url'],
  rules: [
    {
      status: 200,
      code: ['RATE_LIMITED', 'RATE_LIMIT'],
      kind: 'rate-limited',
      bucket: 'graphql',
      leastWaitMs: 60_000,
      because: 'the points of GraphQL are used up, in spite of the status 200',
    },
    { status: 401, kind: 'auth', because: 'the credentials are missing or wrong' },
    {
      status: [200, 403, 429],
      message: /secondary rate limit|abuse detection/i,
      kind: 'rate-limited',
      bucket: 'secondary',
      leastWaitMs: 60_000,
      because: 'a secondary limit was hit: too much at once',
    },
    {
      status: [403, 429],
      headers: { 'x-ratelimit-remaining': '0' },
      kind: 'rate-limited',
      because: 'the primary limit is used up until its reset',
    },
    {
      status: [403, 429],
      headers: { 'retry-after': '*' },
      kind: 'rate-limited',
      because: 'a limit was hit, and the answer tells when to come back',
    },
    { status: 403, kind: 'auth', because: 'the credentials do not allow it' },
    { status: 404, kind: 'invalid', because: 'it is not there, or hidden from these credentials' },
    { status: 409, kind: 'invalid', because: 'it conflicts with what the repository holds now' },
    { status: 422, kind: 'invalid', because: 'a field is missing or wrong' },
    {
      status: 429,
      kind: 'rate-limited',
      leastWaitMs: 60_000,
      because: 'a limit was hit that tells no time',
    },
    {
      status: [500, 502, 504],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, or ended the work after ten seconds',
    },
  ],
  sources: [
    'https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api',
    'https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api',
  ],
});
