import type { Facts } from '@forbear/core';

const ENVELOPE = JSON.stringify({ error: { message: 'offline', type: 'server_error', code: 'x' } });
const NO_QUOTA = JSON.stringify({ error: { message: 'no credit', type: 'insufficient_quota' } });
const HTML = '<html>busy</html>';

function statuses(...all: readonly number[]): readonly Facts[] {
  return all.map((status) => ({ status, body: HTML }));
}

function codes(...all: readonly string[]): readonly Facts[] {
  return all.map((code) => ({ error: Object.assign(new TypeError('fetch failed'), { code }) }));
}

/** The facts that each line of the table of situations is about. */
export const SITUATIONS: Readonly<Record<string, readonly Facts[]>> = {
  'no connection: DNS, refused, TLS': [
    ...codes('ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    { error: new TypeError('fetch failed'), sent: 'no' },
  ],
  '429': [...statuses(429), { status: 429, headers: { 'retry-after': '2' } }],
  '503 with Retry-After': [{ status: 503, headers: { 'retry-after': '2' }, body: HTML }],
  "503 with flex.ai's JSON error": [{ status: 503, body: ENVELOPE }],
  '421, 425': statuses(421, 425),
  'any other 503': statuses(503),
  '500': [...statuses(500), { status: 500, body: ENVELOPE }],
  '502, 504, 520 to 527': statuses(502, 504, 520, 521, 522, 523, 524, 525, 526, 527),
  '408, 424, 499': statuses(408, 424, 499),
  'the connection broke after the request left': [
    ...codes('ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'),
    { error: new TypeError('fetch failed'), sent: 'yes' },
  ],
  'your time limit for an attempt ran out': [
    { error: new DOMException('attemptTimeoutMs ran out', 'TimeoutError'), timedOut: true },
  ],
  '402, or 429 insufficient_quota': [...statuses(402), { status: 429, body: NO_QUOTA }],
  '400, 401, 403, 404, 413, 422': statuses(400, 401, 403, 404, 413, 422),
  '501, 505': statuses(501, 505),
  'you aborted it': [{ error: new DOMException('stop', 'AbortError'), aborted: true }],
};
