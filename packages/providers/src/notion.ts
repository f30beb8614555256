import type { ProviderProfile } from '@forbear/core';

/**
 * Notion: requests within 60 seconds for each connection, and others for all of its workspace. Its own
 * client repeats a 429 and a 529 for every method, but a 500 and a 503 only for GET and DELETE.
 *
 * @see https://developers.notion.com/reference/request-limits
 * @see https://developers.notion.com/reference/status-codes
 */
export const notion = Object.freeze<ProviderProfile>({
  name: 'Notion',
  hosts: ['api.notion.com'],
  limitScope: 'credential',
  limits: [
    { name: 'connection', unit: 'requests', windowMs: 60_000 },
    { name: 'workspace', unit: 'requests' },
  ],
  envelope: ['object', 'status', 'code', 'message'],
  rules: [
    { status: 400, kind: 'invalid', because: 'the request does not match its schema' },
    { status: 401, kind: 'auth', because: 'the token is not valid' },
    { status: 403, kind: 'auth', because: 'the connection may not do this' },
    { status: 404, kind: 'invalid', because: 'the page is not there, or not shared' },
    {
      status: 409,
      code: ['conflict_error'],
      kind: 'invalid',
      because: 'the data has changed meanwhile, so the parameters must be made anew',
    },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'the requests of the connection or of its workspace are used up for now',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
    {
      status: 503,
      code: ['service_unavailable', 'database_connection_unavailable'],
      kind: 'overloaded',
      effect: 'unknown',
      because: 'Notion is not available, or took longer than 60 seconds for the work',
    },
    {
      status: 504,
      code: ['gateway_timeout'],
      kind: 'timeout',
      effect: 'unknown',
      because: 'the work did not end in time',
    },
    {
      status: 529,
      envelope: true,
      kind: 'overloaded',
      because: 'the service is overloaded and took no more requests',
    },
  ],
  sources: [
    'https://developers.notion.com/reference/request-limits',
    'https://developers.notion.com/reference/status-codes',
  ],
});
