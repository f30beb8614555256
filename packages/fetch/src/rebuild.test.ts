import type { Failure, GivenRefusal } from '@forbear/core';
import { expect, test } from 'vitest';
import { rebuildResponse } from './rebuild.js';

const failure: Failure = {
  kind: 'rate-limited',
  effect: 'none',
  evidence: 'refused',
  transient: true,
  concerns: 'key',
  because: 'too many requests',
};

function rebuild(status: Pick<Failure, 'status'>, value: unknown = new Response()): Response {
  const refusal: GivenRefusal = {
    failure: { ...failure, ...status },
    headers: { 'content-type': 'application/json', 'retry-after': '7' },
    body: '{"error":{}}',
    outcome: { ok: true, value },
  };
  const outcome = rebuildResponse(refusal);
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

test('the response has the status, the headers and the body of the refusal', async () => {
  const response = rebuild({ status: 503 });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ error: {} });
});

test('each call gets a body of its own', async () => {
  await rebuild({ status: 503 }).text();
  expect(rebuild({ status: 503 }).bodyUsed).toBe(false);
});

test('a refusal without a status counts as 429', () => {
  expect(rebuild({}).status).toBe(429);
});

test.each([
  [new Response(null, { statusText: 'Slow Down' }), 'Slow Down'],
  [{ statusText: 'of axios' }, 'of axios'],
  [{ statusText: 'no\nphrase' }, ''],
  [{ statusText: 5 }, ''],
  [null, ''],
])('its status text is that of %o, if a response can have it', (value, expected) => {
  expect(rebuild({ status: 429 }, value).statusText).toBe(expected);
});
