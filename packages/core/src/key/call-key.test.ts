import { expect, test } from 'vitest';
import { genericProfile } from '../generic-profile.js';
import { definePolicy, type PolicyOptions } from '../policy.js';
import type { ProviderProfile } from '../profile.js';
import { callKeyOf } from './call-key.js';
import type { KeyRequest } from './key-request.js';

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

test('a credential in a header that only the profile knows is part of the key, and never shown', () => {
  const provider: ProviderProfile = {
    ...genericProfile,
    credentials: ['x-acme-token'],
  };
  const ask = (token: string, key?: (request: KeyRequest) => string) =>
    callKeyOf(definePolicy({ provider, key }), {
      method: 'POST',
      url: 'https://api.acme.example/x',
      headers: { 'X-Acme-Token': token },
    });
  expect(ask('secret-one').key).not.toBe(ask('secret-two').key);
  const own = ask('secret-one', (request) => `mine ${request.header('x-acme-token')}`);
  expect(own.key).toBe('mine secret-one');
  expect(own.showKey()).not.toContain('secret');
});

test('the signatures of AWS, another one for each request, are one credential', () => {
  const ask = (authorization: string) =>
    callKeyOf(definePolicy(), {
      method: 'POST',
      url: 'https://bedrock.example/x',
      headers: { authorization },
    }).key;
  const signed = (id: string, signature: string) =>
    `AWS4-HMAC-SHA256 Credential=${id}/20261123/us-east-1/bedrock/aws4_request, Signature=${signature}`;
  expect(ask(signed('AKIA1', 'a'))).toBe(ask(signed('AKIA1', 'b')));
  expect(ask(signed('AKIA1', 'a'))).not.toBe(ask(signed('AKIA2', 'a')));
});
