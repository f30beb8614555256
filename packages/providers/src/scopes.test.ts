import { callKeyOf, definePolicy } from '@forbear/core';
import { expect, test } from 'vitest';
import { auto } from './index.js';

const policy = definePolicy({ provider: auto });
const keyOf = (url: string, headers: Record<string, string> = {}, body?: string) => {
  const { key, provider } = callKeyOf(policy, { method: 'POST', url, headers, body });
  return `${provider.name} ${key}`;
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test.each<[string, string, string]>([
  [
    'the ids behind the channel of Discord',
    'https://discord.com/api/v10/channels/123456789012345678/messages/1',
    'https://discord.com/api/v10/channels/123456789012345678/messages/2',
  ],
  [
    'the parameters of a method of Slack',
    'https://slack.com/api/users.info?user=U1',
    'https://slack.com/api/users.info?user=U2',
  ],
  [
    'the resources of a shop',
    'https://a.myshopify.com/admin/api/2026-10/orders.json',
    'https://a.myshopify.com/admin/api/2026-10/graphql.json',
  ],
  [
    'the calls of a model of Bedrock in a region',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/invoke',
  ],
  [
    'the calls of a model of Workers AI',
    'https://api.cloudflare.com/client/v4/accounts/0a1b/ai/run/@cf/meta/llama-3',
    'https://gateway.ai.cloudflare.com/v1/0a1b/my/workers-ai/@cf/meta/llama-3',
  ],
  [
    'the calls of a model of Hugging Face',
    'https://api-inference.huggingface.co/models/x/y',
    'https://router.huggingface.co/hf-inference/models/x/y/pipeline',
  ],
  [
    'the zones of Cloudflare',
    'https://api.cloudflare.com/client/v4/zones/0a1b/dns_records',
    'https://api.cloudflare.com/client/v4/accounts',
  ],
  ['the pages of Notion', 'https://api.notion.com/v1/pages/1', 'https://api.notion.com/v1/search'],
])('%s share a limit', (_, one, other) => {
  expect(keyOf(one, bearer('t'))).toBe(keyOf(other, bearer('t')));
  expect(keyOf(one, bearer('t'))).not.toBe(keyOf(one, bearer('u')));
});

test.each<[string, string, string]>([
  [
    'channels of Discord',
    'https://discord.com/api/v10/channels/123456789012345678/messages',
    'https://discord.com/api/v10/channels/876543210987654321/messages',
  ],
  [
    'methods of Slack',
    'https://slack.com/api/chat.postMessage',
    'https://slack.com/api/users.info',
  ],
  [
    'shops of Shopify',
    'https://a.myshopify.com/admin/api/2026-10/orders.json',
    'https://b.myshopify.com/admin/api/2026-10/orders.json',
  ],
  [
    'models of Bedrock',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse',
  ],
  [
    'regions of Bedrock',
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse',
    'https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse',
  ],
  [
    'models of Workers AI',
    'https://api.cloudflare.com/client/v4/accounts/0a1b/ai/run/@cf/meta/llama-3',
    'https://api.cloudflare.com/client/v4/accounts/0a1b/ai/run/@cf/meta/llama-4',
  ],
  [
    'Workers AI and the rest of Cloudflare',
    'https://api.cloudflare.com/client/v4/accounts/0a1b/ai/run/@cf/meta/llama-3',
    'https://api.cloudflare.com/client/v4/accounts/0a1b/members',
  ],
])('%s have limits of their own', (_, one, other) => {
  expect(keyOf(one, bearer('t'))).not.toBe(keyOf(other, bearer('t')));
});

test.each([
  ['https://a.myshopify.com/admin/api/2026-10/orders.json', 'x-shopify-access-token'],
  ['https://a.myshopify.com/api/2026-10/graphql.json', 'x-shopify-storefront-access-token'],
  ['https://api.cloudflare.com/client/v4/zones', 'x-auth-key'],
  ['https://gateway.ai.cloudflare.com/v1/0a1b/my/workers-ai/@cf/meta/m', 'cf-aig-authorization'],
])('of %s the credential is in %s too', (url, header) => {
  expect(keyOf(url, { [header]: 'one' })).not.toBe(keyOf(url, { [header]: 'two' }));
});

test('a signature of AWS that changes with each request is one credential', () => {
  const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse';
  const signed = (signature: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=AKIA1/20261123/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=${signature}`,
  });
  expect(keyOf(url, signed('aa'))).toBe(keyOf(url, signed('bb')));
});
