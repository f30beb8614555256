import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { explain } from '@forbear/core';
import { expect, test } from 'vitest';
import { CHAT, type Rig, setUp } from './rig.js';

const bytes = new TextEncoder().encode(CHAT);
const json = { 'content-type': 'application/json' };

/** Fails the first two attempts harmlessly and compares what arrived with what bare fetch sends. */
async function expectSameBytes(rig: Rig, make: () => RequestInit, path = '/chat/completions') {
  const { provider, call } = rig;
  provider.fail([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 503 },
  ]);
  const { response, requests } = await call('POST', { init: make(), path });
  expect(requests).toBe(3);
  expect(response).toBeDefined();
  const sent = provider.requests.slice(-3);
  expect(new Set(sent.map((request) => request.bodySha256)).size).toBe(1);
  expect(new Set(sent.map((request) => request.headers['content-type'])).size).toBe(1);
  expect(new Set(sent.map((request) => request.headers['content-length'])).size).toBe(1);
  return sent;
}

test.each<[string, () => BodyInit]>([
  ['string', () => CHAT],
  ['Uint8Array', () => bytes.slice()],
  ['ArrayBuffer', () => bytes.slice().buffer],
  [
    'DataView of a part',
    () => new DataView(new Uint8Array([0, ...bytes, 0]).buffer, 1, bytes.length),
  ],
  ['Blob', () => new Blob([CHAT], { type: 'application/json' })],
])('a %s is sent byte for byte the same on every attempt', async (_, make) => {
  const sent = await expectSameBytes(await setUp(), () => ({ body: make(), headers: json }));
  expect(sent.map((request) => request.body)).toEqual([CHAT, CHAT, CHAT]);
});

test('URLSearchParams are sent the same on every attempt', async () => {
  const sent = await expectSameBytes(await setUp(), () => ({
    body: new URLSearchParams({ a: 'b c' }),
  }));
  expect(sent[2]).toMatchObject({ body: 'a=b+c' });
  expect(sent[2]?.headers['content-type']).toContain('application/x-www-form-urlencoded');
});

test('a form keeps one boundary and its bytes on every attempt', async () => {
  const form = new FormData();
  form.set('model', 'test');
  form.set('file', new Blob([randomBytes(1000)], { type: 'audio/wav' }), 'a.wav');
  const sent = await expectSameBytes(await setUp(), () => ({ body: form }));
  const boundary = String(sent[0]?.headers['content-type']).split('boundary=')[1] as string;
  expect(boundary).toBeTruthy();
  expect(sent[2]?.body).toContain(boundary);
});

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

test.each<[string, () => unknown]>([
  ['ReadableStream', () => new Blob([CHAT]).stream()],
  ['Node stream', () => Readable.from([CHAT])],
  [
    'async iterable',
    async function* () {
      yield CHAT;
    },
  ],
])('a one-shot %s is sent once, and the trace says that it cannot be replayed', async (_, make) => {
  const { provider, call } = await setUp();
  provider.fail({ kind: 'status', status: 503 });
  const init = { body: make(), duplex: 'half', headers: json } as RequestInit;
  const { response, requests, trace } = await call('POST', { init });
  expect(response?.status).toBe(503);
  expect(requests).toBe(1);
  expect(provider.requests[0]?.body).toBe(CHAT);
  expect(trace.reason).toBe('not-replayable');
  expect(explain(trace)).toContain('its body can be sent only once');
});

test('a body factory makes a stream replayable', async () => {
  const rig = await setUp();
  const { provider, call } = rig;
  provider.fail([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 503 },
  ]);
  const { response } = await call('POST', {
    init: { body: null, headers: json },
    body: () => new Blob([CHAT]).stream(),
  });
  expect(response?.status).toBe(200);
  expect(provider.requests.map((request) => request.body)).toEqual([CHAT, CHAT, CHAT]);
});

test('a buffer above maxReplayBytes is sent once', async () => {
  const { provider, policy } = await setUp();
  const { createFetch } = await import('@forbear/fetch');
  const fetch = createFetch({ policy, maxReplayBytes: bytes.length - 1 });
  provider.fail({ kind: 'status', status: 503 });
  const headers = { authorization: 'Bearer sk-test', ...json };
  const url = `${provider.baseURL}/chat/completions`;
  const response = await fetch(url, { method: 'POST', body: bytes, headers });
  expect(response.status).toBe(503);
  expect(provider.requests).toHaveLength(1);
});

test('a Request counts as used at once, also while we wait, and is sent the same on every attempt', async () => {
  const { provider, fetch } = await setUp();
  provider.fail([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 503 },
  ]);
  const request = new Request(`${provider.baseURL}/chat/completions`, {
    method: 'POST',
    body: CHAT,
    headers: { authorization: 'Bearer sk-test', ...json },
  });
  const call = fetch(request);
  expect(request.bodyUsed).toBe(true);
  const second = fetch(request).catch((error) => error);
  expect((await call).status).toBe(200);
  expect(await second).toBeInstanceOf(TypeError);
  expect(provider.requests.map((each) => each.body)).toEqual([CHAT, CHAT, CHAT]);
});

test('a Request without a body is sent again, and init goes before it as with bare fetch', async () => {
  const { provider, fetch } = await setUp();
  provider.fail({ kind: 'status', status: 503 });
  const request = new Request(`${provider.baseURL}/models`, { headers: { 'x-a': '1' } });
  const response = await fetch(request, {
    headers: { authorization: 'Bearer sk-test', 'x-a': '2' },
  });
  expect(response.status).toBe(200);
  expect(provider.requests.map((each) => each.headers['x-a'])).toEqual(['2', '2']);
});
