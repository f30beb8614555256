import { definePolicy } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock, scriptedFetch } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

describe('what a single call says goes before the policy', () => {
  test.each([0, 1, 5])('maxRetries: %i', async (maxRetries) => {
    const { provider, call } = await setUp({ maxRetries: 3 });
    provider.fail({ kind: 'status', status: 503 }, { times: 10 });
    expect((await call('GET', { maxRetries })).requests).toBe(maxRetries + 1);
  });

  test.each([
    ['attemptTimeoutMs', { attemptTimeoutMs: 700 }],
    ['deadlineMs', { deadlineMs: 700 }],
  ])('%s', async (_, limits) => {
    const { provider, clock, call } = await setUp({ attemptTimeoutMs: 60_000, deadlineMs: 90_000 });
    provider.fail({ kind: 'stall', what: 'headers' });
    const { error, requests } = await call('POST', limits);
    expect(error).toHaveProperty('name', 'TimeoutError');
    expect(clock.monotonic()).toBe(700);
    expect(requests).toBe(1);
  });

  test('and holds for no other call', async () => {
    const { provider, call } = await setUp({ maxRetries: 3 });
    provider.fail({ kind: 'status', status: 503 }, { times: 10 });
    await call('GET', { maxRetries: 0 });
    expect((await call('GET')).requests).toBe(4);
  });
});

test('a time limit that runs out aborts the request itself', async () => {
  const clock = new FakeClock();
  const signals: unknown[] = [];
  const bare: typeof globalThis.fetch = (_, init) => {
    signals.push(init?.signal);
    return new Promise(() => {});
  };
  const call = createFetch({ fetch: bare, clock, deadlineMs: 500 })('https://api.test/');
  const error = await clock.run(call.catch((thrown) => thrown));
  expect(signals).toEqual([expect.objectContaining({ aborted: true, reason: error })]);
});

test('a deadline is for all attempts together, not for each', async () => {
  const { provider, clock, call } = await setUp({
    deadlineMs: 1500,
    attemptTimeoutMs: 900,
    backoff: { type: 'constant', delayMs: 0 },
  });
  provider.fail({ kind: 'stall', what: 'headers' }, { times: 5 });
  const { error, trace } = await call('GET');
  expect(error).toMatchObject({ name: 'TimeoutError', message: 'deadlineMs ran out' });
  expect(clock.monotonic()).toBe(1500);
  expect(trace.attempts).toHaveLength(2);
});

describe('an idempotency key', () => {
  const init = { headers: { 'Idempotency-Key': 'k-1' } };
  const idempotencyKeys = { methods: ['POST'], keptMs: 86_400_000 };
  const honouring = { ...flexai, idempotencyKeys };

  test.each([
    ['that is honoured makes a POST repeatable, and it is billed once', honouring, init, 2, 1],
    ['that is ignored protects nobody', flexai, init, 1, 1],
    ['that is missing is made where it is honoured', honouring, {}, 2, 1],
    ['that is missing is not made where it is not', flexai, {}, 1, 1],
  ])('%s', async (_, provider, given, requests, possibleBills) => {
    const rig = await setUp({ provider });
    rig.provider.fail({ kind: 'status', status: 500, work: 'before' });
    const called = await rig.call('POST', { init: given });
    expect(called.requests).toBe(requests);
    expect(called.trace.possibleBills).toBe(possibleBills);
  });

  test('is found among the headers of a Request', async () => {
    const { provider, fetch } = await setUp({ provider: honouring });
    provider.fail({ kind: 'status', status: 500, work: 'before' });
    const headers = { authorization: 'Bearer sk-test', 'idempotency-key': 'k-1' };
    const url = `${provider.baseURL}/chat/completions`;
    const response = await fetch(new Request(url, { method: 'POST', body: CHAT, headers }));
    expect(response.status).toBe(200);
    expect(provider.requests).toHaveLength(2);
  });
});

test('decorrelated jitter draws each wait from the one before', async () => {
  const clock = new FakeClock();
  const policy = definePolicy({
    clock,
    random: () => 0.5,
    backoff: { initialMs: 100, maxMs: 60_000, jitter: 'decorrelated' },
    maxRetries: 4,
  });
  const waits: number[] = [];
  policy.events.on('waiting', ({ waitMs }) => waits.push(waitMs));
  await clock.run(createFetch({ policy, fetch: scriptedFetch(500).fetch })('https://api.test/'));
  // Half-way between 100 and three times the last: AWS, "Exponential Backoff And Jitter".
  expect(waits).toEqual([100, 200, 350, 575]);
});
