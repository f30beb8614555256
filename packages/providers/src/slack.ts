import type { ProviderProfile } from '@forbear/core';

/**
 * Slack's Web API and its webhooks: a tier of requests per minute for each method, workspace and app,
 * and errors as `ok: false` in a 200.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
export const slack = Object.freeze<ProviderProfile>({
  name: 'Slack',
  hosts: ['slack.com', 'files.slack.com', 'hooks.slack.com'],
  limitScope: 'endpoint',
  limits: [{ name: 'method', unit: 'requests', windowMs: 60_000 }],
  envelope: ['ok', 'error'],
  rules: [
    {
      status: [200, 429],
      code: ['ratelimited', 'rate_limited'],
      kind: 'rate-limited',
      bucket: 'method',
      because: "the method's requests of the minute are used up, whatever the status",
    },
    {
      status: 200,
      code: ['invalid_auth', 'not_authed', 'account_inactive', 'token_expired', 'token_revoked'],
      kind: 'auth',
      because: 'the token is missing, wrong or revoked, in spite of the status 200',
    },
    {
      status: 200,
      code: ['internal_error', 'fatal_error'],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed and may have done a part, in spite of the status 200',
    },
    {
      status: 200,
      code: ['service_unavailable', 'team_added_to_org', 'org_login_required'],
      kind: 'overloaded',
      effect: 'unknown',
      because: 'the service or the workspace is not available for now, in spite of the status 200',
    },
    { status: 403, kind: 'auth', because: 'the webhook or the token may not post this' },
    { status: 404, kind: 'invalid', because: 'there is no such method, channel or webhook' },
    { status: 410, kind: 'invalid', because: 'the channel of the webhook is archived' },
    {
      status: 429,
      kind: 'rate-limited',
      because: 'too many requests came for this method or webhook',
    },
    {
      status: 500,
      kind: 'server-error',
      effect: 'unknown',
      because: 'the server failed, perhaps after the work',
    },
  ],
  sources: [
    'https://docs.slack.dev/apis/web-api/rate-limits',
    'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  ],
});
