import { setEnabled, setTestMode, type TestMode, traceOf } from '@forbear/core';
import { recordEvents } from '@forbear/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CHAT, type Rig, setUp } from './rig.js';

const SHUT = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } } as const;

function switchOff(): void {
  setEnabled(false);
  onTestFinished(() => setEnabled(true));
}

function enterTestMode(mode?: TestMode): void {
  setTestMode(mode ?? {});
  onTestFinished(() => setTestMode(false));
}

async function post({ fetch, provider }: Rig): Promise<Response> {
  const headers = { authorization: 'Bearer sk-test' };
  return fetch(`${provider.baseURL}/chat/completions`, { method: 'POST', body: CHAT, headers });
}

describe('switched off', () => {
  test('every call is a bare one: no repeats, no gates, no events, no traces', async () => {
    const rig = await setUp({ deadlineMs: 10 });
    const { provider, policy, clock } = rig;
    provider.fail(SHUT);
    expect((await post(rig)).status).toBe(429);
    const before = policy.gates.snapshot();
    expect(before).toMatchObject([{ state: 'refusing' }]);
    const events = recordEvents(policy);
    const startMs = clock.now();
    switchOff();
    const refused = await post(rig);
    expect(refused.status).toBe(200);
    provider.fail({ kind: 'status', status: 503 }, { times: 9 });
    const response = await post(rig);
    expect(response.status).toBe(503);
    expect(traceOf(response)).toBeUndefined();
    expect(provider.requests).toHaveLength(3);
    expect(events).toEqual([]);
    expect(clock.now()).toBe(startMs);
    setEnabled(true);
    expect(policy.gates.snapshot()).toEqual(before);
    const later = await post(rig);
    expect(later.status).toBe(429);
    expect(traceOf(later)?.rebuilt).toBe(true);
    expect(provider.requests).toHaveLength(3);
  });

  test('an abort is as with the bare fetch', async () => {
    const { fetch, provider } = await setUp();
    switchOff();
    const reason = { mine: true };
    const signal = AbortSignal.abort(reason);
    await expect(fetch(provider.url, { signal })).rejects.toBe(reason);
    expect(provider.requests).toHaveLength(0);
  });
});

describe('in test mode', () => {
  test('a call makes one attempt, and hands out what came of it', async () => {
    const { provider, call } = await setUp();
    enterTestMode();
    provider.fail({ kind: 'status', status: 503 }, { times: 9 });
    const { response, requests, trace } = await call('POST');
    expect(response?.status).toBe(503);
    expect(requests).toBe(1);
    expect(trace).toMatchObject({ outcome: 'give-up', reason: 'max-retries' });
  });

  test('a call makes as many attempts as are allowed, and waits for none', async () => {
    const { provider, clock, policy, call } = await setUp();
    enterTestMode({ attempts: 3 });
    const events = recordEvents(policy);
    const startMs = clock.now();
    const headers = { 'retry-after': '30' };
    provider.fail({ kind: 'status', status: 429, headers }, { times: 2 });
    const { response, requests } = await call('POST');
    expect(response?.status).toBe(200);
    expect(requests).toBe(3);
    expect(clock.now()).toBe(startMs);
    expect(policy.gates.snapshot()).toMatchObject([{ state: 'open', retriesAllowed: 100 }]);
    expect(events.filter(({ type }) => type === 'waiting')).toMatchObject([
      { waitMs: 0 },
      { waitMs: 0 },
    ]);
    provider.fail({ kind: 'status', status: 503 }, { times: 9 });
    expect((await call('POST')).requests).toBe(3);
  });

  test('what is not safe to repeat is not repeated either', async () => {
    const { provider, call } = await setUp();
    enterTestMode({ attempts: 3 });
    provider.fail({ kind: 'status', status: 500 }, { times: 9 });
    const { requests, trace } = await call('POST');
    expect(requests).toBe(1);
    expect(trace.reason).toBe('may-have-been-done');
  });

  test('a gate that was closed before holds and refuses nobody, and is closed after it', async () => {
    const rig = await setUp();
    const { provider, call } = rig;
    provider.fail(SHUT);
    await call('POST');
    enterTestMode();
    expect((await call('POST')).response?.status).toBe(200);
    setTestMode(false);
    expect((await call('POST')).trace.rebuilt).toBe(true);
    expect(provider.requests).toHaveLength(2);
  });
});
