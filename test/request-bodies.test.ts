import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { FakeClock } from '@forbear/testing';
import { driveClock } from '@forbear/testing/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

const bytes = new TextEncoder().encode(CHAT);
const json = { 'content-type': 'application/json' };

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

describe('the body of a Request', () => {
  function streaming(url: string, more: (controller: ReadableStreamDefaultController) => void) {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        more(controller);
      },
    });
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization: 'Bearer sk-test' },
    };
    return new Request(url, init as RequestInit);
  }

  test.each([
    ['of maxReplayBytes is sent again', bytes.length, 2],
    ['above maxReplayBytes is sent once', bytes.length - 1, 1],
  ])('%s', async (_, maxReplayBytes, requests) => {
    const { provider, policy } = await setUp();
    const fetch = createFetch({ policy, maxReplayBytes });
    provider.fail({ kind: 'status', status: 503 });
    const request = streaming(`${provider.baseURL}/chat/completions`, (body) => body.close());
    const response = await fetch(request);
    expect(response.status).toBe(requests === 1 ? 503 : 200);
    expect(provider.requests.map((each) => each.body)).toEqual(Array(requests).fill(CHAT));
    expect(traceOf(response)?.reason).toBe(requests === 1 ? 'not-replayable' : undefined);
  });

  test('above maxReplayBytes keeps nobody waiting for its copy', async () => {
    const { provider, policy, clock } = await setUp();
    provider.fail({ kind: 'status', status: 503 });
    const body = new Uint8Array(2_000_000);
    const headers = { authorization: 'Bearer sk-test' };
    const url = `${provider.baseURL}/chat/completions`;
    await createFetch({ policy })(new Request(url, { method: 'POST', body, headers }));
    expect(provider.requests).toHaveLength(1);
    expect(clock.monotonic()).toBe(0);
  });

  test('that is still coming when the answer is there is waited for 250 ms, and sent once', async () => {
    const clock = new FakeClock();
    const server = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const stop = driveClock(clock, { inFlight: () => (clock.timers > 0 ? 0 : 1) });
    onTestFinished(stop);
    const fetch = createFetch({ clock, repeatable: true });
    const response = await fetch(streaming(`http://127.0.0.1:${port}`, () => {}));
    expect(response.status).toBe(503);
    expect(traceOf(response)).toMatchObject({
      reason: 'not-replayable',
      attempts: [{ number: 1 }],
    });
    expect(clock.monotonic()).toBe(250);
  });
});
