import { expect, test } from 'vitest';
import { definePolicy, type PolicyOptions } from '../policy.js';
import { callKeyOf } from './call-key.js';

const SECRET = 'sk-0123456789abcdef';

function keyBy(key: PolicyOptions['key']) {
  return callKeyOf(definePolicy({ key }), {
    method: 'POST',
    url: 'https://api.test/v1/items?tenant=acme',
    headers: { authorization: `Bearer ${SECRET}`, 'x-tenant': 'acme' },
  });
}

test('without a function of the policy it is the key of the profile, shown without its credential', () => {
  const { key, showKey, notes } = keyBy(undefined);
  expect(key).toContain(SECRET);
  expect(showKey()).toBe('POST https://api.test/v1/items');
  expect(notes).toBeUndefined();
});

test('a function of the policy names it, from whatever is known of the request', () => {
  const { key, showKey, notes } = keyBy(
    ({ method, origin, path, header }) => `${method} ${origin}${path} ${header('X-Tenant')}`,
  );
  expect(key).toBe('POST https://api.test/v1/items acme');
  expect(showKey()).toBe(key);
  expect(notes).toBeUndefined();
});

test.each<[string, NonNullable<PolicyOptions['key']>]>([
  ['the credential', ({ credential }) => credential],
  ['the header that holds it', ({ header }) => header('authorization') ?? ''],
  ['the bare token', ({ header }) => header('authorization')?.slice('Bearer '.length) ?? ''],
])('a key that holds %s is used, but not shown', (_, key) => {
  const named = keyBy(key);
  expect(named.key).toContain(SECRET);
  expect(named.showKey()).toBe('POST https://api.test/v1/items');
});

test.each<[string, () => unknown]>([
  ['returned number, not text', () => 5],
  ['returned undefined, not text', () => undefined],
  [
    'threw',
    () => {
      throw new Error('mine');
    },
  ],
])('a function that %s is not followed, and the trace will say so', (problem, key) => {
  const named = keyBy(key as () => string);
  expect(named.key).toBe(keyBy(undefined).key);
  expect(named.notes).toEqual([`the key function ${problem}, so the key of the profile was used`]);
});
