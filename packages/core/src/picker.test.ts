import { expect, test } from 'vitest';
import { genericProfile } from './generic-profile.js';
import { callKeyOf } from './key/call-key.js';
import { createPicker, pickProfile } from './picker.js';
import { definePolicy } from './policy.js';
import type { ProviderProfile } from './profile.js';

const profile = (name: string, ...hosts: string[]): ProviderProfile => ({
  ...genericProfile,
  name,
  hosts,
  limitScope: 'credential',
});
const pick = createPicker([
  profile('native', 'llm.example'),
  profile('compatible', 'llm.example/v1beta/openai'),
  profile('azure', '*.openai.azure.example'),
  profile('reserved', 'mine.openai.azure.example'),
  profile('bedrock', 'bedrock-runtime.*.aws.example'),
  profile('vertex', '*-platform.example'),
  profile('gateway', 'gateway.example/v1/*/*/openai'),
]);

test.each([
  ['native', 'https://llm.example/v1beta/models/m:generateContent'],
  ['native', 'https://llm.example'],
  ['native', 'https://LLM.example/v1beta/openaix/chat'],
  ['native', 'https://llm.example./v1'],
  ['native', 'https://llm.example.:8443/v1'],
  ['native', 'https://me:secret@llm.example/v1'],
  ['native', '//llm.example/v1'],
  ['native', 'https:\\\\llm.example\\v1'],
  ['native', 'https://llm.example?path=/v1beta/openai'],
  ['compatible', 'https://llm.example/v1beta/openai/chat/completions'],
  ['compatible', 'https://llm.example/v1beta/openai?a=b'],
  ['compatible', 'http://llm.example:8080/v1beta/OpenAI/'],
  ['azure', 'https://other.openai.azure.example/openai/deployments'],
  ['reserved', 'https://mine.openai.azure.example/openai/deployments'],
  ['bedrock', 'https://bedrock-runtime.us-east-1.aws.example/model/m/invoke'],
  ['vertex', 'https://us-central1-platform.example/v1'],
  ['gateway', 'https://gateway.example/v1/account/gate/openai/chat/completions'],
  [genericProfile.name, 'https://gateway.example/v1/account/openai'],
  [genericProfile.name, 'https://a.b.openai.azure.example/'],
  [genericProfile.name, 'https://openai.azure.example/'],
  [genericProfile.name, 'https://llm.example.evil.example/'],
  [genericProfile.name, 'https://xllm.example/'],
  [genericProfile.name, 'https://llm.example@evil.example/'],
  [genericProfile.name, 'https://evil.example/#https://llm.example/'],
  [genericProfile.name, 'https://llm.example../'],
  [genericProfile.name, 'https://llm%2eexample/'],
  [genericProfile.name, 'https://[2001:db8::1]:8443/llm.example'],
  [genericProfile.name, 'blob:https://llm.example/'],
  [genericProfile.name, '/v1beta/openai'],
  [genericProfile.name, 'data:text/plain,llm.example'],
  [genericProfile.name, ''],
])('%s is picked for %s', (name, url) => {
  expect(pick(url).name).toBe(name);
  expect(pick(url).name).toBe(name);
});

test('more hosts than are remembered are looked up all the same', () => {
  const many = createPicker([profile('one', '*.many.example')]);
  for (let at = 0; at < 1000; at += 1) {
    expect(many(`https://h${at}.many.example/`).name).toBe('one');
  }
});

test('one policy keys each API by its own profile, on its own place', () => {
  const policy = definePolicy({ provider: pick });
  const ask = (url: string) => {
    const parts = { method: 'POST', url, headers: { authorization: 'secret' }, body: '{}' };
    const { provider, showKey, notes } = callKeyOf(policy, parts);
    return [provider.name, showKey(), notes];
  };
  expect(ask('https://llm.example/a')).toEqual(['native', 'native', undefined]);
  expect(ask('https://llm.example/v1beta/openai/b')).toEqual([
    'compatible',
    'compatible',
    undefined,
  ]);
  expect(ask('https://unknown.example/a')).toEqual([
    genericProfile.name,
    'POST https://unknown.example/a',
    undefined,
  ]);
});

test.each([
  [
    () => {
      throw new Error('mine');
    },
    'threw',
  ],
  [() => undefined as unknown as ProviderProfile, 'returned no profile'],
  [() => ({ name: 'x' }) as ProviderProfile, 'returned no profile'],
])(
  'a function of the user that picks nothing falls back to the generic profile',
  (own, problem) => {
    expect(pickProfile(own, 'https://a.example')).toEqual({ profile: genericProfile, problem });
    const policy = definePolicy({ provider: own, key: () => 5 as unknown as string });
    const parts = { method: 'GET', url: 'https://a.example/', headers: undefined };
    expect(callKeyOf(policy, parts).notes).toEqual([
      `the provider function ${problem}, so the generic profile was used`,
      'the key function returned number, not text, so the key of the profile was used',
    ]);
  },
);
