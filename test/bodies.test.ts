import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { explain } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { describe, expect, test } from 'vitest';
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
  [
    'DataView of a part',
    () => new DataView(new Uint8Array([0, ...bytes, 0]).buffer, 1, bytes.length),
  ],
  ['Blob without a type', () => new Blob([CHAT])],
])('a %s is sent byte for byte the same on every attempt', async (_, make) => {
  const sent = await expectSameBytes(await setUp(), () => ({ body: make(), headers: json }));
  expect(sent.map((request) => request.body)).toEqual([CHAT, CHAT, CHAT]);
});

test('a content type that is given with a form stays as it is', async () => {
  const form = new FormData();
  form.set('model', 'test');
  const headers = { 'content-type': 'multipart/form-data; boundary=mine' };
  const sent = await expectSameBytes(await setUp(), () => ({ body: form, headers }));
  const types = sent.map((request) => request.headers['content-type']);
  expect(types).toEqual(Array(3).fill('multipart/form-data; boundary=mine'));
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

describe('a large upload', () => {
  const audio = randomBytes(2_000_000);
  const limited = { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const;

  test.each<[string, () => BodyInit]>([
    ['bytes', () => new Uint8Array(audio)],
    [
      'a form',
      () => {
        const form = new FormData();
        form.set('model', 'whisper-1');
        form.set('file', new Blob([audio], { type: 'audio/wav' }), 'a.wav');
        return form;
      },
    ],
    ['a Blob', () => new Blob([audio])],
  ])('of %s is sent again after a 429, whatever maxReplayBytes says', async (_, make) => {
    const { provider, policy } = await setUp();
    const fetch = createFetch({ policy, maxReplayBytes: 0 });
    provider.fail([limited, limited], { path: '/v1/audio/transcriptions' });
    const url = `${provider.baseURL}/audio/transcriptions`;
    const init = { method: 'POST', body: make(), headers: { authorization: 'Bearer sk-test' } };
    await fetch(url, init);
    expect(provider.requests).toHaveLength(3);
    expect(new Set(provider.requests.map(({ bodySha256 }) => bodySha256)).size).toBe(1);
    expect(provider.requests[2]?.bodyBytes).toBeGreaterThanOrEqual(audio.length);
  });
});
