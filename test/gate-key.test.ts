import { definePolicy, explain, type KeyRequest } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { recordEvents, scriptedFetch } from '@forbear/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { setUp } from './rig.js';

const SECRET = 'sk-very-secret';
const INIT = { headers: { authorization: `Bearer ${SECRET}` } };

describe('a key function that does not name a key', () => {
  test.each<[string, (request: KeyRequest) => string, string]>([
    ['throws', () => JSON.parse('no'), 'the key function threw'],
    ['returns a number', () => 7 as unknown as string, 'the key function returned number'],
    ['returns nothing', () => undefined as unknown as string, 'returned undefined'],
  ])('and %s gives way to the profile, and the trace says so', async (_, key, note) => {
    const { provider, policy, call } = await setUp({ key });
    const wait = { 'retry-after': '10' };
    provider.fail({ kind: 'status', status: 429, headers: wait });
    const waiting = new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
    const told = call('POST');
    await waiting;
    const [same, other] = await Promise.all([
      call('GET'),
      call('GET', { init: { headers: { authorization: 'Bearer sk-other' } } }),
    ]);
    expect(same.trace.elapsedMs).toBeGreaterThanOrEqual(10_000);
    expect(other.trace.elapsedMs).toBe(0);
    expect((await told).response?.status).toBe(200);
    for (const { trace } of [same, other, await told]) {
      expect(trace.notes.join()).toContain(note);
      expect(explain(trace)).toContain(`Note: ${note.startsWith('returned') ? 'the key' : note}`);
    }
    expect(policy.gates.snapshot()).toHaveLength(2);
  });

  test('may return a text: then there is no note', async () => {
    const { call } = await setUp({ key: () => 'mine' });
    expect((await call('GET')).trace).toMatchObject({ key: 'mine', notes: [] });
  });
});

describe('no credential is shown in events, traces, snapshots and waste', () => {
  const KEYS: readonly [string, ((request: KeyRequest) => string) | undefined][] = [
    ['of the profile', undefined],
    ['that is the opaque credential', ({ credential }) => credential],
    ['that holds the header', ({ header }) => `tenant ${header('authorization')}`],
    ['that holds the bare secret', ({ header }) => `${header('Authorization')?.slice(7)}!`],
    ['that throws it', ({ credential }) => Promise.reject(credential).catch(() => {}) as never],
  ];

  test.each(KEYS)('with a key %s', async (_, key) => {
    const { provider, policy, call } = await setUp({ ...(key && { key }) });
    const events = recordEvents(policy);
    const wait = { 'retry-after': '1' };
    provider.fail({ kind: 'status', status: 429, headers: wait });
    const shut = { 'retry-after': '3600' };
    provider.fail({ kind: 'status', status: 429, headers: shut }, { method: 'GET' });
    const called = [await call('POST', { init: INIT }), await call('GET', { init: INIT })];
    called.push(await call('POST', { init: INIT }));
    expect(called.map(({ response }) => response?.status)).toEqual([200, 429, 429]);
    const { gates } = policy;
    const shown = JSON.stringify([events, called.map(({ trace }) => trace), gates.snapshot()]);
    expect(shown + JSON.stringify(gates.waste())).not.toContain(SECRET);
    expect(called.map(({ trace }) => explain(trace)).join()).not.toContain(SECRET);
    expect(new Set(events.map((event) => event.key))).toEqual(
      new Set(gates.snapshot().map((each) => each.key)),
    );
    expect(gates.open(called[0]?.trace.key)).toBe(1);
  });

  test.each([
    ['an x-api-key header', 'https://api.test/v1', { 'x-api-key': SECRET }],
    ['an api-key header', 'https://api.test/v1', { 'api-key': SECRET }],
    ['an x-goog-api-key header', 'https://api.test/v1', { 'x-goog-api-key': SECRET }],
    ['the query', `https://api.test/v1?key=${SECRET}`, {}],
    ['the user info', `https://user:${SECRET}@api.test/v1`, {}],
  ])('where it is in %s', async (_, url, headers) => {
    for (const options of [{}, { key: ({ credential }: KeyRequest) => `of ${credential}` }]) {
      const policy = definePolicy(options);
      const events = recordEvents(policy);
      const { fetch } = scriptedFetch(200);
      await createFetch({ policy, fetch })(url, { headers });
      expect(events).toHaveLength(2);
      expect(JSON.stringify([events, policy.gates.snapshot()])).not.toContain(SECRET);
    }
  });

  test('two credentials have two labels, which stay', async () => {
    const { call, policy } = await setUp({ provider: flexai });
    const labels = [];
    for (const key of ['sk-a', 'sk-b', 'sk-a']) {
      const { trace } = await call('GET', {
        init: { headers: { authorization: `Bearer ${key}` } },
      });
      labels.push(trace.key);
    }
    expect(labels[0]).toBe(labels[2]);
    expect(labels[0]).not.toBe(labels[1]);
    expect(policy.gates.snapshot()).toHaveLength(2);
  });
});

test('a key function that returns a promise which rejects breaks nothing', async () => {
  const rejections: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => rejections.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  });
  const key = async () => JSON.parse('no');
  const { call } = await setUp({ key: key as unknown as () => string });
  expect((await call('GET')).trace.notes).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(rejections).toEqual([]);
});

test('the label of a key of the user is printable and at most 200 characters', async () => {
  const { call } = await setUp({ key: () => `\u001b[31m\n${'x'.repeat(300)}` });
  const { key } = (await call('GET')).trace;
  expect(key).not.toContain('\u001b');
  expect(key.length).toBeLessThanOrEqual(200);
});

test('the label of a key of the user holds no part of a credential with a long scheme', async () => {
  const key = ({ header }: KeyRequest) => header('authorization')?.split(' ').at(-1) ?? '';
  const { call } = await setUp({ key });
  const authorization = 'AWS4-HMAC-SHA256 Credential=SECRET/20261123';
  const { trace } = await call('GET', { init: { headers: { authorization } } });
  expect(trace.key).not.toContain('SECRET');
});
