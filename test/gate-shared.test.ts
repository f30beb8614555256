import { definePolicy, type PolicyOptions, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { describe, expect, test } from 'vitest';
import { CHAT, type Rig, setUp } from './rig.js';

const AUTHORIZATION = { authorization: 'Bearer sk-test' };

/** A POST of another client with this policy, on the same counted sockets. */
async function callOther(rig: Rig, policy = rig.policy): Promise<Trace> {
  const bare: typeof fetch = (input, init) => rig.fetch(input, { ...init, forbear: false });
  const other = createFetch({ policy, fetch: bare });
  return new Promise((resolve, reject) => {
    other(`${rig.provider.baseURL}/chat/completions`, {
      method: 'POST',
      body: CHAT,
      headers: AUTHORIZATION,
      forbear: { onSettled: resolve },
    }).catch(reject);
  });
}

describe('two clients of one policy', () => {
  /** How long the second is held while the first is told to wait for 10 s. */
  async function heldMs(another: boolean): Promise<number> {
    const rig = await setUp();
    const { provider, clock, policy, call } = rig;
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
    const waiting = new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
    const told = call('POST');
    await waiting;
    const own = another ? definePolicy({ provider: flexai, clock }) : policy;
    const { elapsedMs, outcome } = await callOther(rig, own);
    expect(outcome).toBe('success');
    expect((await told).response?.status).toBe(200);
    return elapsedMs;
  }

  test('have one gate', async () => {
    const held = await heldMs(false);
    expect(held).toBeGreaterThanOrEqual(10_000);
    expect(held).toBeLessThanOrEqual(11_001);
  });

  test('of two policies have one each', async () => {
    expect(await heldMs(true)).toBe(0);
  });

  /** Why the second gives up after the first has failed five times. */
  async function reasonOfSecond(another: boolean) {
    const options: PolicyOptions = {
      maxRetries: 5,
      retryBudget: { perCall: 0, perSecond: 0, max: 5 },
    };
    const rig = await setUp(options);
    const { provider, clock, policy, call } = rig;
    provider.fail({ kind: 'status', status: 503 }, { times: 6 });
    const first = await call('POST');
    expect(first).toMatchObject({ requests: 6, trace: { reason: 'max-retries' } });
    provider.fail({ kind: 'status', status: 503 });
    const own = another ? definePolicy({ ...options, provider: flexai, clock }) : policy;
    return (await callOther(rig, own)).reason;
  }

  test('have one budget', async () => {
    expect(await reasonOfSecond(false)).toBe('retry-budget');
  });

  test('of two policies have one budget each', async () => {
    expect(await reasonOfSecond(true)).toBeUndefined();
  });
});
