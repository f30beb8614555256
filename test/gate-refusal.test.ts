import { explain, sleep, traceOf } from '@forbear/core';
import type { Fault } from '@forbear/testing/node';
import { describe, expect, test } from 'vitest';
import { type Called, type Rig, setUp } from './rig.js';

/** A call is told to wait for 10 s; another one comes when 3.5 s of them are over. */
async function comeLate(options: Parameters<Rig['call']>[1], fault: Partial<Fault> = {}) {
  const rig = await setUp();
  const headers = { 'retry-after': '10' };
  rig.provider.fail({ kind: 'status', status: 429, headers, ...fault } as Fault);
  const waiting = new Promise<void>((resolve) => rig.policy.events.on('waiting', () => resolve()));
  const told = rig.call('POST');
  await waiting;
  const toldMs = rig.clock.now();
  await sleep(rig.clock, 3500);
  const called = await rig.call('POST', options);
  const tookMs = rig.clock.now() - toldMs - 3500;
  expect((await told).response?.status).toBe(200);
  return { ...rig, called, tookMs, toldMs };
}

function expectRebuilt({ requests, trace }: Called): void {
  expect(requests).toBe(0);
  expect(trace).toMatchObject({ outcome: 'give-up', rebuilt: true, attempts: [], elapsedMs: 0 });
  expect(trace.mayHaveBeenBilled).toBe(false);
}

describe('a call that cannot be held as long as its key is told to wait', () => {
  test('for its deadline, gets the 429 at once, and learns when to come back', async () => {
    const { called, tookMs, toldMs } = await comeLate({ deadlineMs: 5000 });
    expectRebuilt(called);
    expect(tookMs).toBe(0);
    expect(called.response?.status).toBe(429);
    expect(called.trace).toMatchObject({ reason: 'past-deadline', retryAt: toldMs + 10_000 });
  });

  test('for its maxHoldMs, too', async () => {
    const { called, tookMs, toldMs } = await comeLate({ maxHoldMs: 6499 });
    expectRebuilt(called);
    expect(tookMs).toBe(0);
    expect(called.response?.status).toBe(429);
    expect(called.trace).toMatchObject({ reason: 'max-hold', retryAt: toldMs + 10_000 });
    expect(explain(called.trace)).toMatch(/^No attempts? in 0\.0 s\. Stopped: another call of /);
  });

  test.each([{ deadlineMs: 7000 }, { maxHoldMs: 7000 }])(
    'is held and answered if it can: %o',
    async (limit) => {
      const { called, tookMs } = await comeLate(limit);
      expect(called.response?.status).toBe(200);
      expect(called.requests).toBe(1);
      expect(tookMs).toBeGreaterThanOrEqual(6500);
      expect(tookMs).toBeLessThanOrEqual(7000);
    },
  );
});

describe('a call that still waits for its turn when the told time is over', () => {
  /** The older call stalls, so that the gate lets the next one go a step later. */
  async function waitBehind(limit: Parameters<Rig['call']>[1]) {
    const rig = await setUp({ random: () => 0 });
    const { provider, policy, call, clock } = rig;
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
    const waiting = new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
    const told = call('POST');
    await waiting;
    provider.fail({ kind: 'stall', what: 'headers', ms: 5000 });
    const startMs = clock.now();
    const called = await call('POST', limit);
    const tookMs = clock.now() - startMs;
    await told;
    return { called, tookMs };
  }

  test('goes a quarter of a second after it', async () => {
    const { called, tookMs } = await waitBehind({ deadlineMs: 12_000 });
    expect(called.response?.status).toBe(200);
    expect(tookMs).toBe(10_250);
  });

  test('fails as AbortSignal.timeout() would when its deadline ends that', async () => {
    const { called, tookMs } = await waitBehind({ deadlineMs: 10_200 });
    expect(called.error).toBeInstanceOf(DOMException);
    expect(called.error).toHaveProperty('name', 'TimeoutError');
    expect(tookMs).toBe(10_200);
    expect(called.trace).toMatchObject({ reason: 'past-deadline', attempts: [], rebuilt: false });
  });

  test('gets the refusal when its maxHoldMs ends that', async () => {
    const { called, tookMs } = await waitBehind({ maxHoldMs: 10_200 });
    expect(called.response?.status).toBe(429);
    expect(tookMs).toBe(10_200);
    expect(called.trace).toMatchObject({ reason: 'max-hold', attempts: [], rebuilt: true });
  });
});

test('a wall clock that jumps neither shortens nor lengthens a hold', async () => {
  for (const jumpMs of [3_600_000, -3_600_000]) {
    const rig = await setUp({ random: () => 0 });
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
    rig.policy.events.on('waiting', () => rig.clock.jump(jumpMs));
    const startMs = rig.clock.monotonic();
    expect((await rig.call('POST')).response?.status).toBe(200);
    expect(rig.clock.monotonic() - startMs).toBe(10_000);
  }
});

describe('the response of a call that was refused without a request', () => {
  test('tells in whole seconds, rounded up, what is left of the wait', async () => {
    const { called } = await comeLate({ maxHoldMs: 0 });
    expect(called.response?.headers.get('retry-after')).toBe('7');
  });

  test('is as the answer that closed the gate, unread, with its trace', async () => {
    const { called } = await comeLate({ maxHoldMs: 0 });
    const { response } = called;
    expect(response).toBeInstanceOf(Response);
    expect(response?.ok).toBe(false);
    expect(response?.bodyUsed).toBe(false);
    expect(response?.headers.get('content-type')).toBe('application/json');
    expect(traceOf(response)).toEqual(called.trace);
    expect(await response?.clone().text()).toContain('Rate limit exceeded. Retry after 10 seconds');
    expect(await response?.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  test('has the rate-limit headers, and none that could hold a secret or a lie', async () => {
    const limits = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '0' };
    const secrets = { 'set-cookie': 'session=1', 'x-request-id': 'req-1', 'content-length': '' };
    const body = { error: { code: 'rate_limit_exceeded' } };
    const { called } = await comeLate(
      { maxHoldMs: 0 },
      {
        kind: 'status',
        headers: { ...secrets, 'content-length': '42', 'retry-after': '10', ...limits },
        body: JSON.stringify(body).padEnd(42),
      },
    );
    const names = [...(called.response?.headers.keys() ?? [])];
    expect(names.toSorted()).toEqual(['content-type', 'retry-after', ...Object.keys(limits)]);
  });

  test('is each caller’s own', async () => {
    const { call, called } = await comeLate({ maxHoldMs: 0 });
    expect(await called.response?.text()).not.toBe('');
    const { response } = await call('POST', { maxHoldMs: 0 });
    expect(response?.status).toBe(200);
  });

  test('is a 503 if that closed the gate', async () => {
    const { called } = await comeLate({ maxHoldMs: 0 }, { kind: 'status', status: 503 });
    expectRebuilt(called);
    expect(called.response?.status).toBe(503);
    expect(await called.response?.json()).toMatchObject({
      error: { code: 'model_under_maintenance' },
    });
  });
});

test('a key that is told to wait for an hour is asked only by probes, and told what is left', async () => {
  const { provider, clock, call, policy } = await setUp();
  const headers = { 'retry-after': '3600' };
  provider.fail({ kind: 'status', status: 429, headers }, { times: 2 });
  const startMs = clock.now();
  expect((await call('POST')).trace).toMatchObject({ reason: 'retry-after-too-long' });
  await sleep(clock, 10_200);
  const refused = await call('POST');
  expectRebuilt(refused);
  expect(refused.response?.status).toBe(429);
  expect(refused.response?.headers.get('retry-after')).toBe('3590');
  expect(refused.trace).toMatchObject({
    reason: 'retry-after-too-long',
    retryAt: startMs + 3_600_000,
  });
  await sleep(clock, 20_000);
  expect((await call('POST')).requests).toBe(1);
  expect((await call('POST')).requests).toBe(0);
  await sleep(clock, 30_000);
  expect((await call('POST')).response?.status).toBe(200);
  expect(policy.gates.snapshot()).toMatchObject([{ state: 'open' }]);
});
