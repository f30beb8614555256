import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { genericProfile } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import { expect, test } from 'vitest';
import { setUp } from './rig.js';
import { listen, waitFor } from './wire-rig.js';

test.each<[string, (response: Response) => Promise<unknown> | undefined]>([
  ['reads', (response) => response.text()],
  ['cancels', (response) => response.body?.cancel()],
  ['stops reading', (response) => response.body?.getReader().cancel()],
])('an answer that was peeked lets its socket go once the caller %s its body', async (_, free) => {
  const chunks = Array.from({ length: 64 }, () => 'x'.repeat(256 * 1024));
  let closed = false;
  const server = createServer((_request, answer) => {
    answer.writeHead(403);
    answer.on('close', () => {
      closed = true;
    });
    Readable.from(chunks).pipe(answer);
  });
  const response = await createFetch()(await listen(server));
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  await free(response);
  await waitFor(() => closed);
});

test('what was peeked reads as it was sent, also through a clone', async () => {
  const { provider, call } = await setUp({ provider: genericProfile });
  const body = 'x'.repeat(256 * 1024);
  provider.fail({ kind: 'status', status: 403, body });
  const { response } = await call('GET');
  const clone = response?.clone();
  expect(await Promise.all([response?.text(), clone?.text()])).toEqual([body, body]);
});

test('after ten thousand calls a shared signal has no listener of ours', async () => {
  const script = scriptedFetch(
    ...Array.from({ length: 3000 }, (_, index) => (index % 3 ? 200 : 503)),
    200,
  );
  const fetch = createFetch({
    fetch: script.fetch,
    backoff: { type: 'constant', delayMs: 1 },
    retryBudget: false,
  });
  const { signal } = new AbortController();
  const calls = Array.from({ length: 10_000 }, () => fetch('https://api.test/', { signal }));
  const responses = await Promise.all(calls);
  expect(script.requests.length).toBeGreaterThan(10_900);
  expect(responses.every((response) => response.status === 200)).toBe(true);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a shared signal has no more listeners after real calls than bare fetch leaves', async () => {
  const { provider } = await setUp();
  const count = async (fetch: typeof globalThis.fetch) => {
    const { signal } = new AbortController();
    for (let index = 0; index < 200; index++) {
      const response = await fetch(provider.url, { signal });
      await response.text();
    }
    return getEventListeners(signal, 'abort').length;
  };
  const bare = await count(globalThis.fetch);
  expect(await count(createFetch())).toBeLessThanOrEqual(bare);
});

test('after hundreds of real calls that were limited, peeked, held and repeated a shared signal has no listener', async () => {
  let number = 0;
  const { provider, clock, call } = await setUp({
    // Not handed on, or undici would leave listeners of its own.
    bare: (input, init) => fetch(input, { ...init, signal: null }),
    attemptTimeoutMs: 30_000,
    maxRetries: 10,
    retryBudget: false,
    server: {
      faults: () => {
        number++;
        if (number % 7 === 0)
          return { kind: 'status', status: 429, headers: { 'retry-after': '1' } };
        return number % 5 === 0 ? { kind: 'status', status: 503 } : undefined;
      },
    },
  });
  const { signal } = new AbortController();
  let most = 0;
  for (let round = 0; round < 10; round++) {
    const calls = Array.from({ length: 30 }, () => call('GET', { init: { signal } }));
    const watch = setInterval(() => {
      most = Math.max(most, getEventListeners(signal, 'abort').length);
    }, 1);
    const called = await Promise.all(calls);
    clearInterval(watch);
    expect(called.map(({ response }) => response?.status)).toEqual(called.map(() => 200));
    await Promise.all(called.map(({ response }) => response?.text()));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  }
  expect(provider.requests.length).toBeGreaterThan(350);
  expect(most).toBeLessThanOrEqual(1);
  expect(clock.timers).toBe(0);
});
