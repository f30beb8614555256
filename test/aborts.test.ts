import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { expect, test } from 'vitest';
import { setUp } from './rig.js';

const reason = { mine: true };

/** What bare fetch and ours give for the same thing, to be compared. */
async function both(make: (fetch: typeof globalThis.fetch) => Promise<unknown>) {
  const settle = (work: Promise<unknown>) =>
    work.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  return { bare: await settle(make(globalThis.fetch)), ours: await settle(make(createFetch())) };
}

test('an abort of the signal of a Request ends the wait too', async () => {
  const { provider, clock, policy, fetch } = await setUp();
  const controller = new AbortController();
  policy.events.on('waiting', () => clock.setTimer(() => controller.abort(reason), 10));
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
  const request = new Request(`${provider.baseURL}/models`, { signal: controller.signal });
  const startMs = clock.now();
  await expect(fetch(request)).rejects.toBe(reason);
  expect(clock.now() - startMs).toBe(10);
  expect(provider.requests).toHaveLength(1);
});

test('an abort while the body is read fails the reader as with bare fetch', async () => {
  const { provider } = await setUp({ server: { keys: ['sk-test'] } });
  provider.fail({ kind: 'stall', what: 'body' }, { times: 2 });
  const { bare, ours } = await both(async (fetch) => {
    const controller = new AbortController();
    const response = await fetch(`${provider.baseURL}/models`, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    return response.text();
  });
  expect(bare).toEqual({ error: reason });
  expect(ours).toEqual(bare);
  expect(provider.requests).toHaveLength(2);
});

test('an abort while the body is read is heard also where there is a deadline', async () => {
  const { provider } = await setUp();
  provider.fail({ kind: 'stall', what: 'body' });
  const controller = new AbortController();
  const fetch = createFetch({ deadlineMs: 60_000 });
  const response = await fetch(`${provider.baseURL}/models`, { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(response.text()).rejects.toBe(reason);
});

test('a reason that many calls share is the trace of none of them', async () => {
  const { provider, call } = await setUp();
  provider.fail({ kind: 'stall', what: 'headers' }, { times: 2 });
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [call('GET', { init: { signal } }), call('GET', { init: { signal } })];
  while (provider.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(reason);
  for (const { error } of await Promise.all(calls)) expect(error).toBe(reason);
  expect(traceOf(reason)).toBeUndefined();
});
