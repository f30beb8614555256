import type { PolicyOptions } from '@forbear/core';
import { flexai, openai } from '@forbear/providers';
import { recordEvents } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { hintless, setUpWatched, type WatchedRig } from './gate-rig.js';

const WINDOW = { shape: 'window', limit: 60, perMs: 60_000 } as const;
const BUCKET = { shape: 'bucket', limit: 10, perMs: 1000 } as const;

type Options = NonNullable<Parameters<typeof setUpWatched>[0]>;

async function burst(count: number, options: Options) {
  const rig = await setUpWatched(options);
  const startMs = rig.clock.now();
  const called = await rig.burst(count);
  const ok = called.filter(({ response }) => response?.status === 200).length;
  const early = rig.sent.filter((each) => each.early).length;
  const tookMs = rig.clock.now() - startMs;
  return { ok, early, refused: rig.answered(429), bills: rig.provider.ledger.total(), tookMs };
}

describe('100 calls at once where 60 a minute are allowed', () => {
  test('are all answered, and none is sent while their key is told to wait', async () => {
    const { ok, early, refused, bills, tookMs } = await burst(100, {
      server: { rateLimit: WINDOW },
    });
    expect({ ok, early, refused, bills }).toEqual({ ok: 100, early: 0, refused: 40, bills: 100 });
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
    expect(tookMs).toBeLessThanOrEqual(65_000);
  });

  test('hold those that come later, which are not sent before', async () => {
    const rig = await setUpWatched({ server: { rateLimit: WINDOW } });
    const startMs = rig.clock.now();
    const first = rig.burst(100);
    const later = [1000, 30_000, 59_999].map(async (afterMs) => {
      await new Promise<void>((resolve) => rig.clock.setTimer(resolve, afterMs));
      return rig.call('GET');
    });
    const called = [...(await first), ...(await Promise.all(later))];
    expect(called.every(({ response }) => response?.status === 200)).toBe(true);
    expect(rig.sent).toHaveLength(143);
    expect(rig.sent.filter(({ early }) => early)).toEqual([]);
    expect(rig.sent.slice(100).every(({ atMs }) => atMs >= startMs + 60_000)).toBe(true);
    expect(called.at(-1)?.trace.holds).toMatchObject([{ beforeAttempt: 1 }]);
  });

  test('tell of each hold and each end once', async () => {
    const { policy, burst, clock } = await setUpWatched({ server: { rateLimit: WINDOW } });
    const events = recordEvents(policy);
    const startMs = clock.now();
    await burst(70);
    const late = await burst(2);
    expect(late.every(({ response }) => response?.status === 200)).toBe(true);
    const ended = events.filter(({ type }) => type === 'success' || type === 'give-up');
    expect(new Set(ended.map(({ call }) => call)).size).toBe(72);
    expect(ended).toHaveLength(72);
    const waiting = events.filter((event) => event.type === 'waiting');
    expect(waiting).toHaveLength(10);
    for (const { untilMs } of waiting) {
      expect(untilMs).toBeGreaterThanOrEqual(startMs + 60_000);
      expect(untilMs).toBeLessThanOrEqual(startMs + 61_000);
    }
    expect(events.every(Object.isFrozen)).toBe(true);
  });

  test('are all answered without any hint, since another one asks each time', async () => {
    const { ok, tookMs } = await burst(100, { server: { rateLimit: WINDOW }, bare: hintless });
    expect(ok).toBe(100);
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
  });

  test.each<[string, Options, (rig: WatchedRig) => void]>([
    ['has a gate for each call', { key: gateForEach() }, () => {}],
    ['opens its gate each second', {}, openEverySecond],
  ])('are sent too early by an engine that %s', async (_, options, spoil) => {
    const rig = await setUpWatched({ server: { rateLimit: WINDOW }, ...options });
    spoil(rig);
    const first = rig.burst(70);
    await new Promise<void>((resolve) => rig.clock.setTimer(resolve, 1000));
    await Promise.all([first, rig.call('GET')]);
    expect(rig.sent.filter(({ early }) => early).length).toBeGreaterThan(0);
  });
});

describe('calls at once into a bucket of 10 a second are all answered, with few refusals', () => {
  const slow = { server: { rateLimit: BUCKET, workMs: 5000 } };
  const quick = { server: { rateLimit: BUCKET } };

  test.each<[string, number, Options, number]>([
    ['100', 100, quick, 12_000],
    ['100 without any hint', 100, { ...quick, bare: hintless }, 25_000],
    ['100 of OpenAI', 100, { ...quick, provider: openai }, 12_000],
    ['100 whose work takes 5 s', 100, slow, 40_000],
    ['100 whose work takes 5 s, without any hint', 100, { ...slow, bare: hintless }, 45_000],
    ['300 whose work takes 5 s', 300, slow, 60_000],
    ['600 whose work takes 2 s', 600, { server: { rateLimit: BUCKET, workMs: 2000 } }, 85_000],
  ])('%s', async (_, count, options, mostMs) => {
    const { ok, early, refused, bills, tookMs } = await burst(count, options);
    expect({ ok, bills }).toEqual({ ok: count, bills: count });
    if (options.bare === undefined) expect(early).toBe(0);
    expect(refused).toBeLessThanOrEqual((count - 10) * 1.5);
    expect(tookMs).toBeGreaterThanOrEqual((count - 10) * 100);
    expect(tookMs).toBeLessThanOrEqual(mostMs);
  });

  test('with a gate for each call there are many more', async () => {
    const { early, refused } = await burst(50, { ...quick, key: gateForEach() });
    expect(refused).toBeGreaterThan(40 * 1.5);
    expect(early).toBeGreaterThan(0);
  });

  test('a call that is not repeated is refused', async () => {
    const { ok } = await burst(100, { ...quick, maxRetries: 0 });
    expect(ok).toBe(10);
  });
});

describe('a 400 on one of 50', () => {
  const count = async (options: PolicyOptions = {}) => {
    const rig = await setUpWatched(options);
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '5' } });
    rig.policy.events.on('waiting', () => rig.provider.fail({ kind: 'status', status: 400 }));
    const first = rig.call('POST');
    await new Promise<void>((resolve) => rig.policy.events.on('waiting', () => resolve()));
    const called = await Promise.all([first, rig.burst(49)]).then((all) => all.flat());
    const statuses = called.map(({ response }) => response?.status);
    return { statuses, requests: rig.provider.requests.length };
  };

  test('concerns that one alone, also when the others wait for it in the gate', async () => {
    const { statuses, requests } = await count();
    expect(statuses.filter((status) => status === 400)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(49);
    expect(requests).toBe(51);
  });

  test('fails all in an engine that takes it for an empty wallet', async () => {
    const because = 'wrong';
    const rules = [{ status: 400, kind: 'quota-exhausted', because } as const, ...flexai.rules];
    const { statuses, requests } = await count({ provider: { ...flexai, rules } });
    expect(statuses.filter((status) => status === 400)).toHaveLength(50);
    expect(requests).toBe(2);
  });
});

function gateForEach(): () => string {
  let calls = 0;
  return () => `call ${++calls}`;
}

function openEverySecond({ clock, policy }: WatchedRig): void {
  policy.events.on('waiting', () => clock.setTimer(() => policy.gates.open(), 1000));
}
