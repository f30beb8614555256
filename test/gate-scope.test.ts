import { genericProfile, type PolicyOptions } from '@forbear/core';
import { flexai, openai } from '@forbear/providers';
import { describe, expect, test } from 'vitest';
import { type Called, CHAT, type Rig, setUp } from './rig.js';

interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly model?: string;
  readonly key?: string;
}

function ask(rig: Rig, { method = 'POST', path, model = 'model-a', key = 'sk-a' }: Asked) {
  const body = method === 'POST' ? { body: CHAT.replace('test-model', model) } : {};
  const init = { ...body, headers: { authorization: `Bearer ${key}` } };
  return rig.call(method, { init, ...(path !== undefined && { path }) });
}

/** Makes a call that is told to wait for 10 s, and another as soon as it knows. */
async function meet(options: PolicyOptions, first: Asked, other: Asked): Promise<Called> {
  const rig = await setUp(options);
  rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
  const waiting = new Promise<void>((resolve) => rig.policy.events.on('waiting', () => resolve()));
  const told = ask(rig, first);
  await waiting;
  const called = await ask(rig, other);
  expect(called.response?.status).toBe(200);
  expect((await told).response?.status).toBe(200);
  expect((await told).gapsMs[0]).toBeGreaterThanOrEqual(10_000);
  return called;
}

const POST = { method: 'POST' } as const;
const LIST = { method: 'GET', path: '/models' } as const;
const [ONE, TWO] = ['/models/20251', '/models/20262'].map((path) => ({ ...LIST, path }));
const OTHER_KEY = { key: 'sk-b' };
const OTHER_MODEL = { model: 'model-b' };

const SCOPES: readonly [string, PolicyOptions, string, Asked, Asked, 'held' | 'free'][] = [
  ['flex.ai', { provider: flexai }, 'the same', POST, POST, 'held'],
  ['flex.ai', { provider: flexai }, 'another model', POST, OTHER_MODEL, 'held'],
  ['flex.ai', { provider: flexai }, 'another endpoint', POST, LIST, 'held'],
  ['flex.ai', { provider: flexai }, 'another key', POST, OTHER_KEY, 'free'],
  ['OpenAI', { provider: openai }, 'the same', POST, POST, 'held'],
  ['OpenAI', { provider: openai }, 'another model', POST, OTHER_MODEL, 'free'],
  ['OpenAI', { provider: openai }, 'another key', POST, OTHER_KEY, 'free'],
  ['an unknown API', { provider: genericProfile }, 'the same', POST, POST, 'held'],
  ['an unknown API', { provider: genericProfile }, 'another model', POST, OTHER_MODEL, 'held'],
  ['an unknown API', { provider: genericProfile }, 'another endpoint', POST, LIST, 'free'],
  ['an unknown API', { provider: genericProfile }, 'another id', ONE ?? {}, TWO ?? {}, 'held'],
  ['an unknown API', { provider: genericProfile }, 'another key', POST, OTHER_KEY, 'free'],
];

describe('where one call is told to wait', () => {
  test.each(SCOPES)('%s (%o): a call with %s', async (_, options, __, first, other, expected) => {
    const { trace } = await meet(options, first, other);
    if (expected === 'held') {
      expect(trace.elapsedMs).toBeGreaterThanOrEqual(10_000);
      expect(trace.elapsedMs).toBeLessThanOrEqual(11_001);
      expect(trace.holds).toMatchObject([{ beforeAttempt: 1 }]);
    } else {
      expect(trace.elapsedMs).toBe(0);
      expect(trace.holds).toEqual([]);
    }
  });

  test('one key for all holds a stranger too', async () => {
    const { trace } = await meet({ key: () => 'all' }, POST, OTHER_KEY);
    expect(trace.elapsedMs).toBeGreaterThanOrEqual(10_000);
  });

  test('a key for each call holds nobody', async () => {
    let calls = 0;
    const { trace } = await meet({ key: () => String(++calls) }, POST, POST);
    expect(trace.elapsedMs).toBe(0);
  });

  test('the function of the user decides', async () => {
    const key = ({ header }: { header(name: string): string | undefined }) =>
      `tenant ${header('x-tenant') ?? 'none'}`;
    const { trace } = await meet({ key }, POST, OTHER_KEY);
    expect(trace.elapsedMs).toBeGreaterThanOrEqual(10_000);
    expect(trace.key).toBe('tenant none');
  });
});
