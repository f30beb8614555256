import { callKeyOf, definePolicy } from '@forbear/core';
import { expect, test } from 'vitest';
import { anthropic, auto, azure } from './index.js';

const policy = definePolicy({ provider: auto });
const keyOf = (url: string, body?: string) =>
  callKeyOf(policy, { method: 'POST', url, headers: { 'api-key': 'k' }, body }).key;

test('each deployment of each resource has a key of its own', () => {
  const url = 'https://eu.openai.azure.com/openai/deployments/a/chat/completions?api-version=1';
  expect(keyOf(url)).toBe(keyOf(url.replace('chat/completions', 'embeddings')));
  expect(keyOf(url)).not.toBe(keyOf(url.replace('/a/', '/b/')));
  expect(keyOf(url)).not.toBe(keyOf(url.replace('eu.', 'us.')));
  const gateway = 'https://gateway.ai.cloudflare.com/v1/account/name/azure-openai/eu/a/embeddings';
  expect(keyOf(gateway)).not.toBe(keyOf(gateway.replace('/a/', '/b/')));
  const named = 'https://eu.openai.azure.com/openai/v1/responses';
  expect(keyOf(named, '{"model":"a"}')).not.toBe(keyOf(named, '{"model":"b"}'));
});

test('what Azure serves of Anthropic is by Anthropic', () => {
  expect(auto('https://eu.services.ai.azure.com/anthropic/v1/messages')).toBe(anthropic);
  expect(auto('https://eu.services.ai.azure.com/openai/v1/responses')).toBe(azure);
});
