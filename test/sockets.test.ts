import { getEventListeners } from 'node:events';
import { createFetch } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import { expect, test } from 'vitest';
import { setUp } from './rig.js';

test('fifty failures in a row with an error body of 256 KB use at most three sockets at a time', async () => {
  const { provider, call } = await setUp({ maxRetries: 60 });
  const body = 'x'.repeat(256 * 1024);
  let most = 0;
  provider.fail({ kind: 'status', status: 500, body, work: 'none' }, { times: 50 });
  const calling = call('GET');
  const watch = setInterval(() => {
    most = Math.max(most, provider.openSockets);
  }, 1);
  const { response, requests } = await calling;
  clearInterval(watch);
  expect(response?.status).toBe(200);
  expect(requests).toBe(51);
  expect(most).toBeLessThanOrEqual(3);
});

test('small error bodies are drained, so that one socket serves all attempts', async () => {
  const { provider, call } = await setUp({ maxRetries: 20 });
  provider.fail({ kind: 'status', status: 500, body: 'small', work: 'none' }, { times: 20 });
  const { requests } = await call('GET');
  expect(requests).toBe(21);
  expect(provider.sockets).toBeLessThanOrEqual(2);
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
