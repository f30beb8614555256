import { explain, traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { recordEvents } from '@forbear/testing';
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

test('an abort before the call is as with bare fetch, and nothing is sent', async () => {
  const { provider } = await setUp();
  const signal = AbortSignal.abort(reason);
  const { bare, ours } = await both((fetch) => fetch(provider.url, { method: 'POST', signal }));
  expect(ours).toEqual(bare);
  expect((ours as { error: unknown }).error).toBe(reason);
  expect(provider.requests).toHaveLength(0);
});

test('an abort in flight rejects with the reason itself, and nothing more is sent', async () => {
  const { provider, call } = await setUp();
  provider.fail({ kind: 'stall', what: 'headers' }, { times: 5 });
  const controller = new AbortController();
  const calling = call('GET', { init: { signal: controller.signal } });
  while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(reason);
  const { error, requests, trace } = await calling;
  expect(error).toBe(reason);
  expect(requests).toBe(1);
  expect(trace.reason).toBe('aborted');
});

test('an abort in a wait rejects at once with the reason itself, and nothing more is sent', async () => {
  const { provider, clock, policy, call } = await setUp();
  const controller = new AbortController();
  policy.events.on('waiting', () => clock.setTimer(() => controller.abort(reason), 10_000));
  const events = recordEvents(policy);
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } }, { times: 5 });
  const startMs = clock.now();
  const { error, requests, trace } = await call('POST', { init: { signal: controller.signal } });
  expect(error).toBe(reason);
  expect(clock.now() - startMs).toBe(10_000);
  await clock.advance(100_000);
  expect(requests).toBe(1);
  expect(events.filter(({ type }) => type === 'give-up' || type === 'success')).toHaveLength(1);
  expect(explain(trace)).toContain('Stopped: it was aborted.');
});

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
