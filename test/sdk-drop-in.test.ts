import type Anthropic from '@anthropic-ai/sdk';
import { definePolicy, execute, setEnabled, traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { createOpenAIFetch } from '@forbear/openai';
import { flexai } from '@forbear/providers';
import { scriptedFetch } from '@forbear/testing';
import OpenAI from 'openai';
import type OpenAI5 from 'openai-5';
import type OpenAI7 from 'openai-7';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import { BODY, failAlways, type SdkRig, settle, setUpSdk } from './sdk-rig.js';

afterEach(() => setEnabled(true));

const clientOf = ({ provider, fetch }: SdkRig, more = {}) =>
  new OpenAI({ baseURL: provider.baseURL, apiKey: 'sk-test', fetch, ...more });

test('the function looks like the global one: type, name, length and own properties', () => {
  const fetch = createOpenAIFetch();
  expectTypeOf(fetch).toExtend<typeof globalThis.fetch>();
  const names = (of: object) => Reflect.ownKeys(of).sort();
  expect(names(fetch)).toEqual(names(globalThis.fetch));
  expect([fetch.name, fetch.length]).toEqual([globalThis.fetch.name, globalThis.fetch.length]);
});

test('a call that succeeds at once sends the same request, once, and gives the bare Response', async () => {
  const rig = await setUpSdk();
  const given: Response[] = [];
  const spy: typeof globalThis.fetch = async (input, init) => {
    const response = await rig.bare(input, init);
    given.push(response);
    return response;
  };
  const ours = clientOf(rig, { fetch: createOpenAIFetch({ fetch: spy }) });
  const bare = clientOf(rig, { fetch: rig.bare });
  const response = await ours.chat.completions.create(BODY).asResponse();
  await bare.chat.completions.create(BODY);
  expect(response).toBe(given[0]);
  expect(Object.getOwnPropertyNames(response)).toEqual([]);
  const [first, second] = rig.provider.requests;
  expect(first?.headers).toEqual(second?.headers);
  expect(first?.bodySha256).toBe(second?.bodySha256);
});

describe.each([
  [400, { error: { message: 'bad', code: 'bad_field', param: 'x', type: 'invalid' } }],
  [401, { error: { message: 'no key', code: 'invalid_api_key' } }],
  [404, { error: { message: 'no model', code: 'model_not_found' } }],
  [422, { error: { message: 'no', code: null } }],
  [429, { error: { message: 'none left', type: 'insufficient_quota' } }],
  [500, { error: { message: 'lost', code: 'x' } }],
  [503, 'busy'],
  [529, 'html'],
])('an answer of %s', (status, body) => {
  test('is the error that the bare SDK throws', async () => {
    const rig = await setUpSdk();
    const headers = { 'x-request-id': 'req_1', 'retry-after': '7200' };
    failAlways(rig, { kind: 'status', status, body, headers, work: 'none' });
    const call = (fetch: SdkRig['bare']) => {
      const client = clientOf(rig, { fetch, maxRetries: 0 });
      return client.chat.completions.create(BODY).catch((error: unknown) => error);
    };
    const bare = (await call(rig.bare)) as InstanceType<typeof OpenAI.APIError>;
    const ours = (await call(rig.fetch)) as InstanceType<typeof OpenAI.APIError>;
    expect(ours).toBeInstanceOf(bare.constructor);
    for (const field of ['message', 'status', 'code', 'param', 'type', 'requestID', 'error']) {
      const key = field as keyof typeof ours;
      expect([field, ours[key]]).toEqual([field, bare[key]]);
    }
    const told = [...(ours.headers ?? [])].filter(([name]) => !/^date$|should-retry/.test(name));
    expect(told).toEqual([...(bare.headers ?? [])].filter(([name]) => name !== 'date'));
    expect(traceOf(ours)?.attempts).toHaveLength(1);
  });
});

test('withResponse() gives the data and the response', async () => {
  const rig = await setUpSdk();
  const { data, response, request_id } = await clientOf(rig)
    .chat.completions.create(BODY)
    .withResponse();
  expect(data.choices).toHaveLength(1);
  expect([response.status, request_id]).toEqual([200, response.headers.get('x-request-id')]);
});

test('a stream and its helper work, and a break of the loop frees the socket', async () => {
  const rig = await setUpSdk();
  const client = clientOf(rig);
  const helper = client.chat.completions.stream({ ...BODY, stream: true });
  expect((await helper.finalChatCompletion()).choices[0]?.message.content).toContain('fake');
  const stream = await client.chat.completions.create({ ...BODY, stream: true });
  for await (const _ of stream) break;
  expect(rig.provider.ledger.entries).toHaveLength(2);
});

describe('an abort', () => {
  test('in a wait of ours ends the call at once, in the words of the SDK', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    const controller = new AbortController();
    rig.policy.events.on('waiting', () => setTimeout(() => controller.abort(), 1000));
    const call = () => clientOf(rig).chat.completions.create(BODY, { signal: controller.signal });
    const { error, requests, elapsedMs } = await settle(rig, call);
    expect(error).toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(requests).toBe(1);
    expect(elapsedMs).toBeLessThan(2000);
  });

  test('in an attempt too', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'stall', what: 'headers' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1000);
    const call = () => clientOf(rig).chat.completions.create(BODY, { signal: controller.signal });
    const { error, requests } = await settle(rig, call);
    expect(error).toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(requests).toBe(1);
  });

  test('and before the call nothing is sent', async () => {
    const rig = await setUpSdk();
    const signal = AbortSignal.abort();
    const call = () => clientOf(rig).chat.completions.create(BODY, { signal });
    const { error, requests } = await settle(rig, call);
    expect([error?.constructor, requests]).toEqual([OpenAI.APIUserAbortError, 0]);
  });
});

describe('fetchOptions: { forbear }', () => {
  test('passes the type check of each SDK, as it stands', () => {
    const own = { fetchOptions: { forbear: { repeatable: true } } };
    expectTypeOf(own).toExtend<OpenAI.RequestOptions>();
    expectTypeOf(own).toExtend<OpenAI5.RequestOptions>();
    expectTypeOf(own).toExtend<OpenAI7.RequestOptions>();
    expectTypeOf(own).toExtend<Anthropic.RequestOptions>();
    const inOptions: readonly [
      OpenAI.RequestOptions,
      OpenAI5.RequestOptions,
      OpenAI7.RequestOptions,
      Anthropic.RequestOptions,
    ] = [
      { fetchOptions: { forbear: { maxRetries: 0 } } },
      { fetchOptions: { forbear: { maxRetries: 0 } } },
      { fetchOptions: { forbear: { maxRetries: 0 } } },
      { fetchOptions: { forbear: { maxRetries: 0 } } },
    ];
    expect(inOptions).toHaveLength(4);
  });

  test('is for one call: it may be done twice', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'status', status: 500 });
    const fetchOptions = { forbear: { repeatable: true } };
    const call = () => clientOf(rig).chat.completions.create(BODY, { fetchOptions });
    expect(await settle(rig, call)).toMatchObject({ requests: 2, bills: 2 });
  });

  test('false makes it a call of the bare SDK', async () => {
    const rig = await setUpSdk();
    failAlways(rig, { kind: 'status', status: 500 });
    const call = () =>
      clientOf(rig).chat.completions.create(BODY, { fetchOptions: { forbear: false } });
    expect(await settle(rig, call)).toMatchObject({ requests: 3, bills: 3 });
  });

  test('tells the trace of the call, once', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'close', when: 'after' });
    const reasons: unknown[] = [];
    const forbear = { onSettled: (trace: { reason?: string }) => reasons.push(trace.reason) };
    await settle(rig, () =>
      clientOf(rig).chat.completions.create(BODY, { fetchOptions: { forbear } }),
    );
    expect(reasons).toEqual(['may-have-been-done']);
  });

  test('is checked, by the compiler and when it is called', async () => {
    const rig = await setUpSdk();
    const call = () =>
      clientOf(rig).chat.completions.create(BODY, {
        // @ts-expect-error: there is no such option
        fetchOptions: { forbear: { repeatible: true } },
      });
    const { error, requests } = await settle(rig, call);
    expect(String(error?.cause)).toContain('repeatible');
    expect(requests).toBe(0);
  });

  test('is never passed on', async () => {
    const script = scriptedFetch(200);
    await createOpenAIFetch({ fetch: script.fetch })('https://api.test/', {
      forbear: { maxRetries: 1 },
    });
    expect(script.requests[0]?.init).not.toHaveProperty('forbear');
  });
});

test('all problems of the options are listed at once, in its own name', () => {
  const make = () => createOpenAIFetch({ maxRetrys: 2, deadlineMs: -1 } as object);
  expect(make).toThrow(/createOpenAIFetch[\s\S]*maxRetrys[\s\S]*deadlineMs/);
  const policy = definePolicy();
  expect(() => createOpenAIFetch({ policy, provider: flexai })).toThrow(/definePolicy/);
  expect(() => createOpenAIFetch(null as never)).toThrow('createOpenAIFetch');
});

test.each<[string, Parameters<typeof fetch>]>([
  ['a bad URL', ['not a url', { method: 'POST' }]],
  ['no URL at all', [null as unknown as string]],
  ['a bad method', ['http://127.0.0.1/', { method: 'CONNECT' }]],
  ['headers that nobody can read', ['http://127.0.0.1/', { headers: 5 as unknown as object }]],
  ['an init that is none', ['http://127.0.0.1/', 5 as unknown as object]],
] as [string, Parameters<typeof fetch>][])(
  '%s is rejected with the bare error',
  async (_, args) => {
    const ours = await createOpenAIFetch()(...args).catch((error) => error);
    const bare = await fetch(...args).catch((error) => error);
    expect([ours.name, ours.message]).toEqual([bare.name, bare.message]);
  },
);

test('the provider is found by the base URL', async () => {
  const names: string[] = [];
  const script = scriptedFetch(() => new Response('{}', { status: 500 }));
  const fetch = createOpenAIFetch({ fetch: script.fetch });
  const onSettled = ({ provider }: { provider: string }) => names.push(provider);
  for (const url of [
    'https://tokens.flex.ai/v1/x',
    'https://api.openai.com/v1/x',
    'http://a.test/',
  ])
    await fetch(url, { method: 'POST', forbear: { onSettled } });
  expect(names).toEqual(['flex.ai', 'OpenAI', 'the server']);
});

describe('nested', () => {
  test('under execute, only that repeats: not ours, and not the SDK', async () => {
    const rig = await setUpSdk();
    const client = clientOf(rig);
    const call = () =>
      execute(() => client.chat.completions.create(BODY), rig.policy, { method: 'POST' });
    failAlways(rig, { kind: 'close', when: 'after' });
    expect(await settle(rig, call)).toMatchObject({ requests: 1, bills: 1 });
    rig.provider.heal();
    failAlways(rig, { kind: 'status', status: 500 });
    expect(await settle(rig, call)).toMatchObject({
      requests: 1,
      bills: 1,
      error: { status: 500 },
    });
    rig.provider.heal();
    rig.provider.fail(
      { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
      { times: 2 },
    );
    expect(await settle(rig, call)).toMatchObject({ requests: 3, bills: 1 });
  });

  test('around and inside a fetch of ours, or as the global one, there is one owner', async () => {
    const body = JSON.stringify({ error: { code: 'x', message: 'offline' } });
    const script = scriptedFetch(() => new Response(body, { status: 503 }));
    const options = { provider: flexai, backoff: () => 0 };
    const inner = createFetch({ ...options, fetch: script.fetch });
    await createOpenAIFetch({ ...options, fetch: inner })('http://a.test/', { method: 'POST' });
    expect(script.requests).toHaveLength(4);
    const own = createOpenAIFetch({ ...options, fetch: script.fetch });
    await createFetch({ ...options, fetch: own })('http://a.test/', { method: 'POST' });
    expect(script.requests).toHaveLength(8);
    const wrapped = createFetch({ ...options, fetch: (input, init) => own(input, init) });
    await wrapped('http://a.test/', { method: 'POST' });
    expect(script.requests).toHaveLength(12);
  });
});

test('switched off, it is the bare fetch', async () => {
  const rig = await setUpSdk();
  setEnabled(false);
  failAlways(rig, { kind: 'status', status: 500 });
  const call = () => clientOf(rig).chat.completions.create(BODY);
  expect(await settle(rig, call)).toMatchObject({ requests: 3, bills: 3 });
});
