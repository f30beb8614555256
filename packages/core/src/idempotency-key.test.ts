import { expect, test } from 'vitest';
import { genericProfile } from './generic-profile.js';
import { carriesIdempotencyKey, honoursKey, idempotencyKeyOf } from './idempotency-key.js';
import { definePolicy } from './policy.js';
import type { IdempotencyKeys, ProviderProfile } from './profile.js';

const profile = (keys?: Partial<IdempotencyKeys>): ProviderProfile => ({
  ...genericProfile,
  idempotencyKeys: { methods: ['POST'], keptMs: 1000, ...keys },
});
const policy = definePolicy({ idempotencyKey: () => 'own-key' });
const parts = { method: 'POST', url: 'https://a.example/v1/charges?x=/v2/', headers: undefined };
const ask = (provider: ProviderProfile, given: Partial<typeof parts> | object = {}) =>
  idempotencyKeyOf(policy, provider, { ...parts, ...given });

test('a key is minted where the profile honours it, in the header and the form that it names', () => {
  expect(ask(profile())).toEqual({ header: 'idempotency-key', minted: 'own-key' });
  expect(ask(profile(), { method: 'post' })?.minted).toBe('own-key');
  expect(ask(profile({ header: 'x-key', written: 'quoted' }))).toEqual({
    header: 'x-key',
    minted: '"own-key"',
  });
});

test.each<[string, ProviderProfile, object]>([
  ['an API that honours none', genericProfile, {}],
  ['another method', profile(), { method: 'PATCH' }],
  ['another path', profile({ paths: ['/v2/*'] }), {}],
])('none is minted for %s', (_, provider, given) => {
  expect(ask(provider, given)).toBeUndefined();
});

test('it is minted for the paths that the profile names', () => {
  const provider = profile({ paths: ['/v2/*', '/v1/c*'] });
  expect(ask(provider)?.minted).toBe('own-key');
});

test('the key of the request wins', () => {
  for (const headers of [new Headers({ 'Idempotency-Key': 'k' }), { 'IDEMPOTENCY-KEY': 'k' }]) {
    expect(ask(profile(), { headers })).toEqual({ header: 'idempotency-key' });
    expect(carriesIdempotencyKey(headers, genericProfile)).toBe(true);
  }
  expect(carriesIdempotencyKey({ 'x-key': 'k' }, profile({ header: 'x-key' }))).toBe(true);
  expect(carriesIdempotencyKey({ 'x-key': 'k' }, genericProfile)).toBe(false);
});

test('by default each call has another UUID, and none where the policy says so', () => {
  const mint = () => idempotencyKeyOf(definePolicy(), profile(), parts)?.minted;
  expect(mint()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(mint()).not.toBe(mint());
  const off = definePolicy({ idempotencyKey: false });
  expect(idempotencyKeyOf(off, profile(), parts)).toBeUndefined();
  expect(
    idempotencyKeyOf(off, profile(), { ...parts, headers: { 'idempotency-key': 'k' } }),
  ).toEqual({ header: 'idempotency-key' });
});

test.each<unknown>(['', 5, 'a b', 'x'.repeat(256), 'line\nbreak', undefined])(
  'a function that gives %j mints nothing',
  (value) => {
    const own = definePolicy({ idempotencyKey: () => value as string });
    expect(idempotencyKeyOf(own, profile(), parts)).toBeUndefined();
    const throwing = definePolicy({
      idempotencyKey: () => {
        throw new Error('mine');
      },
    });
    expect(idempotencyKeyOf(throwing, profile(), parts)).toBeUndefined();
  },
);

test('a key protects for as long as it is kept, for the methods and paths of the promise', () => {
  const keyed = { method: 'POST', hasIdempotencyKey: true };
  expect(honoursKey(keyed, profile())).toBe(true);
  expect(honoursKey({ ...keyed, elapsedMs: 999 }, profile())).toBe(true);
  expect(honoursKey({ ...keyed, elapsedMs: 1000 }, profile())).toBe(false);
  expect(honoursKey({ ...keyed, elapsedMs: Number.NaN }, profile())).toBe(false);
  expect(honoursKey({ ...keyed, method: 'PATCH' }, profile())).toBe(false);
  expect(honoursKey({ method: 'POST' }, profile())).toBe(false);
  expect(honoursKey(keyed, genericProfile)).toBe(false);
  expect(honoursKey({ ...keyed, idempotencyKeyHonoured: true }, genericProfile)).toBe(false);
  expect(honoursKey({ ...keyed, idempotencyKeyHonoured: false }, profile())).toBe(false);
  // Whether the path is one of them only an adapter knows.
  const paths = profile({ paths: ['/v2/*'] });
  expect(honoursKey(keyed, paths)).toBe(false);
  expect(honoursKey({ ...keyed, idempotencyKeyHonoured: true }, paths)).toBe(true);
});
