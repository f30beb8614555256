import { genericProfile, sleep } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { setUpWatched } from './gate-rig.js';
import type { Called } from './rig.js';

type Options = NonNullable<Parameters<typeof setUpWatched>[0]>;

const BROKE = {
  error: { type: 'insufficient_quota', code: '402' },
};

/** One call is told to wait for a second, and 49 that come then wait too; it finds the wallet empty. */
async function runOut(options: Options = {}) {
  // With this jitter all times are whole milliseconds.
  const random = () => 0.5;
  const rig = await setUpWatched({ server: { wallet: { cents: 0 } }, random, ...options });
  const { provider, policy, call, burst } = rig;
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
  const waiting = new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
  const first = call('POST');
  await waiting;
  const others = await burst(49);
  return { ...rig, called: [await first, ...others] };
}

const statusOf = ({ response }: Called) => response?.status;

describe('when the wallet is empty', () => {
  test('one call finds out, and the others get its refusal without a request', async () => {
    const { provider, called, answered, policy } = await runOut();
    expect(called.map(statusOf)).toEqual(Array(50).fill(402));
    expect(provider.requests).toHaveLength(2);
    expect(answered(402)).toBe(1);
    const rebuilt = called.filter(({ trace }) => trace.rebuilt);
    expect(rebuilt).toHaveLength(49);
    const bodies = await Promise.all(called.map(({ response }) => response?.json()));
    expect(bodies[0]).toMatchObject(BROKE);
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    for (const { trace } of rebuilt) {
      expect(trace).toMatchObject({ reason: 'quota-exhausted', refusal: { status: 402 } });
      expect(trace.attempts).toEqual([]);
      expect(trace.elapsedMs).toBeGreaterThanOrEqual(1000);
    }
    expect(policy.gates.snapshot()).toMatchObject([{ state: 'refusing', waiting: 0 }]);
  });

  test('without a shared gate each of them finds out for itself', async () => {
    let calls = 0;
    const { answered } = await runOut({ key: () => String(++calls) });
    expect(answered(402)).toBe(50);
  });

  test('later calls are refused at once, and one in 30 s is let through as a probe', async () => {
    const { provider, clock, call, answered } = await runOut();
    const probes: number[] = [];
    const later: Called[] = [];
    const startMs = provider.requests.at(-1)?.atMs ?? 0;
    for (let second = 1; second <= 100; second++) {
      await sleep(clock, 1000);
      const called = await call('POST');
      later.push(called);
      if (called.requests > 0) probes.push(clock.now() - startMs);
      else expect(called.trace).toMatchObject({ rebuilt: true, attempts: [], elapsedMs: 0 });
      expect(called.response?.status).toBe(402);
      expect(await called.response?.json()).toMatchObject(BROKE);
    }
    expect(probes).toHaveLength(3);
    expect(answered(402)).toBe(4);
    const gaps = probes.map((at, index) => at - (probes[index - 1] ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(30_000);
      expect(gap).toBeLessThanOrEqual(31_001);
    }
  });

  test('of many calls that come when a probe is due, one is let through', async () => {
    const { clock, burst, answered } = await runOut();
    await sleep(clock, 30_000);
    const called = await burst(20);
    expect(called.map(statusOf)).toEqual(Array(20).fill(402));
    expect(answered(402)).toBe(2);
  });

  test('a gate that probes all the time asks for each of them', async () => {
    const { clock, call, answered } = await runOut({ probeMs: 1 });
    for (let second = 1; second <= 20; second++) {
      await sleep(clock, 1000);
      await call('POST');
    }
    expect(answered(402)).toBe(21);
  });

  test('and is filled, the next probe opens the gate, and all go through', async () => {
    const { provider, clock, call, burst, policy } = await runOut();
    await sleep(clock, 10_000);
    provider.fill(1000);
    expect(statusOf(await call('POST'))).toBe(402);
    await sleep(clock, 20_000);
    const before = provider.requests.length;
    expect(statusOf(await call('POST'))).toBe(200);
    expect(policy.gates.snapshot()).toMatchObject([{ state: 'open' }]);
    const called = await burst(50);
    expect(called.map(statusOf)).toEqual(Array(50).fill(200));
    expect(provider.requests).toHaveLength(before + 51);
  });

  test('and is filled, its user can open the gate at once', async () => {
    const { provider, call, burst, policy, clock } = await runOut();
    const startMs = clock.now();
    expect(statusOf(await call('POST'))).toBe(402);
    provider.fill(1000);
    expect(statusOf(await call('POST'))).toBe(402);
    expect(policy.gates.open()).toBe(1);
    const called = await burst(50);
    expect(called.map(statusOf)).toEqual(Array(50).fill(200));
    expect(clock.now()).toBe(startMs);
    expect(policy.gates.open()).toBe(0);
  });

  test('a call with another key goes on', async () => {
    const { call, provider } = await runOut();
    const init = { headers: { authorization: 'Bearer sk-other' } };
    const before = provider.requests.length;
    const { response, trace } = await call('POST', { init });
    expect(response?.status).toBe(402);
    expect(trace.rebuilt).toBe(false);
    expect(provider.requests).toHaveLength(before + 1);
  });
});

test('a wallet that runs out in the middle pays for what it can, and refuses the rest', async () => {
  const { provider, burst, answered } = await setUpWatched({
    server: { wallet: { cents: 15 }, rateLimit: { shape: 'window', limit: 10, perMs: 1000 } },
  });
  const called = await burst(50);
  expect(called.filter((each) => statusOf(each) === 200)).toHaveLength(15);
  const refused = called.filter((each) => statusOf(each) !== 200);
  expect(answered(402)).toBeLessThanOrEqual(8);
  // Those that waited after a 429 of their own are told what they would get now.
  expect(refused.filter(({ trace }) => trace.rebuilt)).toHaveLength(35 - answered(402));
  for (const { response, trace } of refused) {
    expect(trace.reason).toBe('quota-exhausted');
    expect(response?.status).toBe(402);
    expect(await response?.json()).toMatchObject({ error: { type: 'insufficient_quota' } });
  }
  expect(provider.ledger.total()).toBe(15);
});

test.each([
  ['a bare one concerns its own call', { error: { message: 'pay first' } }, 2],
  ['one with a well-known code refuses the others', { error: { code: 'insufficient_quota' } }, 1],
])('of 402s of an unknown API, %s', async (_, body, requests) => {
  const { provider, call } = await setUpWatched({ provider: genericProfile });
  provider.fail({ kind: 'status', status: 402, body }, { times: 2 });
  expect(statusOf(await call('POST'))).toBe(402);
  const second = await call('POST');
  expect(statusOf(second)).toBe(402);
  expect(second.trace.rebuilt).toBe(requests === 1);
  expect(provider.requests).toHaveLength(requests);
});
