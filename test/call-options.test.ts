import { definePolicy } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock, scriptedFetch } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

test('a time limit that runs out aborts the request itself', async () => {
  const clock = new FakeClock();
  const signals: unknown[] = [];
  const bare: typeof globalThis.fetch = (_, init) => {
    signals.push(init?.signal);
    return new Promise(() => {});
  };
  const call = createFetch({ fetch: bare, clock, deadlineMs: 500 })('https://api.test/');
  const error = await clock.run(call.catch((thrown) => thrown));
  expect(error).toBeInstanceOf(DOMException);
  expect(signals).toEqual([expect.objectContaining({ aborted: true, reason: error })]);
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
