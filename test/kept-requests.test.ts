import { traceOf } from '@forbear/core';
import { expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

const bytes = new TextEncoder().encode(CHAT);
const json = { 'content-type': 'application/json' };

test('what the caller does to a body after the call changes no attempt', async () => {
  const { provider, fetch } = await setUp();
  provider.fail([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 503 },
  ]);
  const view = bytes.slice();
  const headers = { authorization: 'Bearer sk-test', ...json };
  const call = fetch(`${provider.baseURL}/chat/completions`, {
    method: 'POST',
    body: view,
    headers,
  });
  view.fill(0);
  expect((await call).status).toBe(200);
  expect(provider.requests.map((request) => request.body)).toEqual([CHAT, CHAT, CHAT]);
});

test('what the caller does to URLSearchParams after the call changes no attempt', async () => {
  const { provider, fetch } = await setUp();
  provider.fail({ kind: 'status', status: 503 });
  const body = new URLSearchParams({ a: 'b' });
  const headers = { authorization: 'Bearer sk-test' };
  const call = fetch(`${provider.baseURL}/chat/completions`, { method: 'POST', body, headers });
  body.set('a', 'changed');
  await call;
  expect(provider.requests.map((request) => request.body)).toEqual(['a=b', 'a=b']);
});

test('one init, one Headers and one URL may serve for call after call, though calls are repeated', async () => {
  const { provider, fetch } = await setUp();
  provider.fail({ kind: 'status', status: 503 }, { times: 3 });
  const url = new URL(`${provider.baseURL}/chat/completions`);
  const headers = new Headers({ authorization: 'Bearer sk-test', ...json });
  const init: RequestInit = { method: 'POST', headers };
  const calls = ['1', '2', '3'].map((number) => {
    url.searchParams.set('number', number);
    headers.set('x-number', number);
    init.body = JSON.stringify({ number });
    return fetch(url, init);
  });
  await Promise.all(calls);
  expect(provider.requests).toHaveLength(6);
  const sent = provider.requests.map(({ url, headers, body }) =>
    [url.split('=')[1], headers['x-number'], JSON.parse(body).number].join(),
  );
  expect(sent.sort()).toEqual(['1,1,1', '1,1,1', '2,2,2', '2,2,2', '3,3,3', '3,3,3']);
});

test('a call that is held before its first attempt sends what it was given at the call', async () => {
  const { provider, policy, fetch } = await setUp();
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '5' } });
  const headers: Record<string, string> = { authorization: 'Bearer sk-test', ...json };
  const post = (body: BodyInit) =>
    fetch(`${provider.baseURL}/chat/completions`, { method: 'POST', body, headers });
  const first = post(CHAT);
  await new Promise((resolve) => policy.events.on('waiting', resolve));
  const view = bytes.slice();
  const second = post(view);
  view.fill(0);
  headers['x-mine'] = 'changed';
  expect((await first).status).toBe(200);
  expect(traceOf(await second)).toMatchObject({
    outcome: 'success',
    holds: [{ beforeAttempt: 1 }],
  });
  expect(provider.requests.map((request) => request.body)).toEqual([CHAT, CHAT, CHAT]);
  expect(provider.requests.map((request) => request.headers['x-mine'])).toEqual(Array(3));
});

test('a Request counts as used at once, also while its first attempt is held in the gate', async () => {
  const { provider, policy, fetch, clock } = await setUp({ random: () => 0 });
  const headers = { authorization: 'Bearer sk-test', ...json };
  const url = `${provider.baseURL}/chat/completions`;
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
  const waiting = new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
  const told = fetch(url, { method: 'POST', body: CHAT, headers });
  await waiting;
  const request = new Request(url, { method: 'POST', body: CHAT, headers });
  const startMs = clock.monotonic();
  const held = fetch(request);
  expect(request.bodyUsed).toBe(true);
  request.headers.set('authorization', 'Bearer sk-other');
  expect((await held).status).toBe(200);
  expect(clock.monotonic() - startMs).toBeGreaterThanOrEqual(10_000);
  await told;
  expect(provider.requests.map((each) => each.body)).toEqual([CHAT, CHAT, CHAT]);
  expect(provider.requests.at(-1)?.headers.authorization).toBe('Bearer sk-test');
});
