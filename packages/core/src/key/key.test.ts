import { expect, test } from 'vitest';
import { genericProfile } from '../generic-profile.js';
import type { ProviderProfile } from '../profile.js';
import { keyOf, visibleKeyOf } from './key.js';
import { describeRequest, type RequestParts } from './key-request.js';

const profileOf = (limitScope: ProviderProfile['limitScope']): ProviderProfile => ({
  ...genericProfile,
  name: 'Acme',
  hosts: ['api.acme.example', 'eu.acme.example'],
  limitScope,
});
const byCredential = profileOf('credential');
const byModel = profileOf('credential+model');
const byEndpoint = profileOf('endpoint');

const base: RequestParts = {
  method: 'POST',
  url: 'https://api.acme.example/v1/items/12345?key=query-secret',
  headers: { authorization: 'Bearer header-secret' },
  body: '{"model":"gpt-4o"}',
};
const key = (profile: ProviderProfile, parts: Partial<RequestParts> = {}) =>
  keyOf(describeRequest({ ...base, ...parts }), profile);
const visible = (profile: ProviderProfile, parts: Partial<RequestParts> = {}) =>
  visibleKeyOf(describeRequest({ ...base, ...parts }), profile);

const otherCredential = { headers: { authorization: 'Bearer other' } };
const otherModel = { body: '{"model":"o1"}' };
const otherPath = { url: 'https://api.acme.example/v1/jobs/12345?key=query-secret' };
const otherId = { url: 'https://api.acme.example/v1/items/777?key=query-secret' };
const otherOrigin = { url: 'https://proxy.example/v1/items/12345?key=query-secret' };
const otherMethod = { method: 'GET' };

test.each([
  ['credential', [otherCredential, otherOrigin], [otherModel, otherPath, otherMethod, otherId]],
  [
    'credential+model',
    [otherCredential, otherOrigin, otherModel, { body: '' }],
    [otherPath, otherMethod, otherId],
  ],
  [
    'endpoint',
    [otherCredential, otherOrigin, otherPath, otherMethod],
    [otherModel, otherId, { method: 'post' }],
  ],
] as const)('a limit of each %s is shared by what it counts together', (scope, apart, together) => {
  const profile = profileOf(scope);
  for (const parts of apart) expect(key(profile, parts)).not.toBe(key(profile));
  for (const parts of together) expect(key(profile, parts)).toBe(key(profile));
});

test('the hosts of a provider are one place, on every port', () => {
  expect(key(byCredential, { url: 'http://eu.acme.example:8080/x?key=query-secret' })).toBe(
    key(byCredential),
  );
});

test.each(['https://api.acme.example.evil.example/', 'https://xapi.acme.example/', '/v1/x'])(
  '%s is not on a host of the provider',
  (url) => {
    expect(key(byCredential, { url: `${url}?key=query-secret` })).not.toBe(key(byCredential));
  },
);

test('the body is looked at only where the limit counts by model', () => {
  const throwing = {
    ...base,
    get body(): string {
      throw new Error('read');
    },
  };
  expect(() => keyOf(describeRequest(throwing), byEndpoint)).not.toThrow();
  expect(() => visibleKeyOf(describeRequest(throwing), byCredential)).not.toThrow();
});

test('what may be shown says what shares the limit', () => {
  expect(visible(byCredential)).toBe('Acme');
  expect(visible(byModel)).toBe('Acme gpt-4o');
  expect(visible(byModel, { body: undefined })).toBe('Acme');
  expect(visible(byEndpoint)).toBe('POST Acme /v1/items/:id');
});

test('away from the hosts of the provider, it shows the origin', () => {
  const url = 'https://me:user-secret@proxy.example:8443/v1/items/12345?key=query-secret#x';
  expect(visible(byCredential, { url })).toBe('https://proxy.example:8443');
  expect(visible(byModel, { url })).toBe('https://proxy.example:8443 gpt-4o');
  expect(visible(byEndpoint, { url })).toBe('POST https://proxy.example:8443/v1/items/:id');
});

test('of a relative URL it shows the path, or else the name of the profile', () => {
  const url = '/api/items/12345?key=query-secret';
  expect(visible(byCredential, { url })).toBe('Acme');
  expect(visible(byModel, { url })).toBe('Acme gpt-4o');
  expect(visible(byEndpoint, { url })).toBe('POST /api/items/:id');
});

test('it shows no user info of what only looks like a path', () => {
  expect(visible(byEndpoint, { url: '"https://me:secret@a.example/x"' })).not.toContain('secret');
});

test('it is one printable line of at most 200 characters', () => {
  const url = `https://a.example/\u001b[31m${'long/'.repeat(100)}`;
  expect(visible(byEndpoint, { url })).toHaveLength(200);
  expect(visible(byEndpoint, { url })).toContain('https://a.example/[31mlong/');
  expect(visible(byModel, { body: '{"model":"a\\nb"}' })).toBe('Acme a b');
});

test('where one limit counts a resource, its first id is part of the key, and no other', () => {
  const profile = profileOf('resource');
  const at = (path: string) => key(profile, { url: `https://api.acme.example${path}` });
  expect(at('/channels/1/messages/2')).toBe(at('/channels/1/messages/3'));
  expect(at('/channels/1/messages/2')).not.toBe(at('/channels/4/messages/2'));
  expect(visible(profile, { url: 'https://api.acme.example/channels/1/messages/2' })).toBe(
    'POST Acme /channels/:id/messages/:id',
  );
});

test('calls of an organisation are told apart by their credentials', () => {
  expect(key(profileOf('organisation'))).not.toBe(key(profileOf('organisation'), otherCredential));
  expect(key(profileOf('organisation'))).toBe(key(profileOf('organisation'), otherModel));
  expect(key(profileOf('organisation+model'))).not.toBe(
    key(profileOf('organisation+model'), otherModel),
  );
});

test('a model is found in the path where the body names none', () => {
  const profile = { ...byModel, modelInPath: /\/models\/([^/:]+)/ };
  const url = 'https://api.acme.example/v1/models/m-1:generate';
  expect(visible(profile, { url, body: '{}' })).toBe('Acme m-1');
  expect(visible(profile, { url })).toBe('Acme gpt-4o');
});

test('a wildcard stands for many places, each with limits of its own', () => {
  const profile = { ...byCredential, hosts: ['*.acme.example'] };
  expect(visible(profile, { url: 'https://eu.acme.example/x' })).toBe('Acme eu.acme.example');
  expect(key(profile, { url: 'https://eu.acme.example/x' })).not.toBe(
    key(profile, { url: 'https://us.acme.example/x' }),
  );
});
