import { InvalidOptionsError } from '@forbear/core';
import { createFetch, type FetchOptions, type ForbearInit } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { CHAT, setUp } from './rig.js';

const bareFetch = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = bareFetch;
});

test('the function looks like the global one: type, name, length and own properties', () => {
  const fetch = createFetch();
  expectTypeOf(fetch).toExtend<typeof globalThis.fetch>();
  const names = (of: object) => Reflect.ownKeys(of).sort();
  expect(names(fetch)).toEqual(names(bareFetch));
  expect(fetch.name).toBe(bareFetch.name);
  expect(fetch.length).toBe(bareFetch.length);
});

test('a call that succeeds at once sends the same request, once, and gives the bare Response', async () => {
  const { provider } = await setUp();
  const given: Response[] = [];
  const spy: typeof globalThis.fetch = async (input, init) => {
    const response = await bareFetch(input, init);
    given.push(response);
    return response;
  };
  const init = {
    method: 'POST',
    body: CHAT,
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
  };
  const url = `${provider.baseURL}/chat/completions`;
  const ours = await createFetch({ fetch: spy })(url, init);
  const bare = await bareFetch(url, init);
  expect(ours).toBe(given[0]);
  for (const key of [
    'status',
    'url',
    'redirected',
    'type',
    'ok',
    'statusText',
    'bodyUsed',
  ] as const) {
    expect(ours[key]).toBe(bare[key]);
  }
  expect(provider.requests).toHaveLength(2);
  const [first, second] = provider.requests;
  expect(first?.headers).toEqual(second?.headers);
  expect(first?.bodySha256).toBe(second?.bodySha256);
});

test('input and init are passed through as they are, and no time limit is added', async () => {
  const script = scriptedFetch(200);
  const init = { method: 'POST', body: 'x', signal: new AbortController().signal };
  await createFetch({ fetch: script.fetch })('https://api.test/', init);
  expect(script.requests[0]?.input).toBe('https://api.test/');
  expect(script.requests[0]?.init).toBe(init);
});

test.each<[string, ForbearInit['forbear']]>([
  ['false', false],
  ['an object', { maxRetries: 0 }],
  ['undefined', undefined],
])('forbear is never passed on: %s', async (_, forbear) => {
  const script = scriptedFetch(200);
  const fetch = createFetch({ fetch: script.fetch });
  const init = { headers: { a: 'b' }, forbear } as ForbearInit;
  await fetch('https://api.test/', init);
  expect(script.requests[0]?.init).toStrictEqual({ headers: { a: 'b' } });
  expect(init).toHaveProperty('forbear');
});

describe('forbear: false makes a call a bare one', () => {
  test('which is not repeated', async () => {
    const script = scriptedFetch(500);
    const fetch = createFetch({ fetch: script.fetch });
    expect((await fetch('https://api.test/', { forbear: false })).status).toBe(500);
    expect(script.requests).toHaveLength(1);
  });

  test('also where the given fetch is one of ours', async () => {
    const script = scriptedFetch(503);
    const inner = createFetch({ fetch: script.fetch, backoff: { type: 'constant', delayMs: 0 } });
    await createFetch({ fetch: inner })('https://api.test/', { forbear: false });
    expect(script.requests).toHaveLength(1);
  });
});

describe('an init whose members come from its class is read as bare fetch reads it', () => {
  class ClassInit {
    get method() {
      return 'POST';
    }
    get body() {
      return CHAT;
    }
    get headers() {
      return { authorization: 'Bearer sk-test', 'x-a': 'b' };
    }
  }
  const asInit: [string, () => ForbearInit][] = [
    ['an instance of a class', () => new ClassInit()],
    [
      'a Request',
      () => new Request('http://other.test/', new ClassInit()) as unknown as ForbearInit,
    ],
    ['an object with a prototype', () => Object.create(new ClassInit())],
  ];

  test.each(asInit)('%s, with a time limit', async (_, make) => {
    const { provider } = await setUp();
    const fetch = createFetch({ deadlineMs: 60_000 });
    await fetch(`${provider.baseURL}/chat/completions`, make());
    expect(provider.requests).toMatchObject([
      { method: 'POST', body: CHAT, headers: { 'x-a': 'b' } },
    ]);
  });

  test.each(asInit)('%s, with forbear among its own members', async (_, make) => {
    const { provider } = await setUp();
    const init = Object.assign(make(), { forbear: { maxRetries: 1 } });
    await createFetch()(`${provider.baseURL}/chat/completions`, init);
    expect(provider.requests).toMatchObject([
      { method: 'POST', body: CHAT, headers: { 'x-a': 'b' } },
    ]);
  });
});

test.each<[string, Parameters<typeof bareFetch>]>([
  ['a bad URL', ['not a url']],
  ['no URL at all', [null as unknown as string]],
  [
    'a method that is null',
    ['http://127.0.0.1:9/', { method: null as unknown as string, body: 'x' }],
  ],
  ['a bad method', ['http://127.0.0.1/', { method: 'CONNECT' }]],
  ['a GET with a body', ['http://127.0.0.1/', { body: 'x' }]],
])('%s is rejected at once with the bare error', async (_, args) => {
  const spy = vi.fn(bareFetch);
  const ours = await createFetch({ fetch: spy })(...args).catch((error) => error);
  const bare = await bareFetch(...args).catch((error) => error);
  expect(spy).toHaveBeenCalledTimes(1);
  expect(ours).toBeInstanceOf(TypeError);
  expect(ours.message).toBe(bare.message);
});

describe('installed as the global fetch', () => {
  test('it calls the bare one, not itself', async () => {
    const { provider } = await setUp();
    globalThis.fetch = createFetch();
    const response = await fetch(provider.url);
    expect(response.status).toBe(401);
    expect(provider.requests).toHaveLength(1);
  });

  test('a mock that replaces it later is seen', async () => {
    const ours = createFetch();
    globalThis.fetch = ours;
    const script = scriptedFetch(204);
    globalThis.fetch = script.fetch;
    expect((await ours('https://api.test/')).status).toBe(204);
    expect(script.requests).toHaveLength(1);
  });

  test('a wrapper around it that becomes the global one does not make it call itself', async () => {
    const { provider } = await setUp();
    const ours = createFetch();
    globalThis.fetch = async (input, init) => {
      await undefined;
      return ours(input, init);
    };
    expect((await fetch(provider.url)).status).toBe(401);
    expect((await ours(provider.url)).status).toBe(401);
    expect(provider.requests).toHaveLength(2);
  });

  test('a second one made while the first is installed does not retry on top of it', async () => {
    const { provider } = await setUp();
    provider.fail({ kind: 'status', status: 503 }, { times: 50 });
    globalThis.fetch = createFetch({ backoff: { type: 'constant', delayMs: 0 } });
    const second = createFetch({ backoff: { type: 'constant', delayMs: 0 } });
    expect((await second(provider.url)).status).toBe(503);
    expect(provider.requests).toHaveLength(4);
  });
});

test('a fetch of ours inside another, however wrapped, leaves the retries to the outermost', async () => {
  const script = scriptedFetch(503);
  const backoff = { type: 'constant', delayMs: 0 } as const;
  const inner = createFetch({ fetch: script.fetch, backoff });
  const outer = createFetch({ fetch: (input, init) => inner(input, init), backoff });
  await outer('https://api.test/');
  expect(script.requests).toHaveLength(4);
});

test('every problem of the options is named at once', () => {
  const options = { maxRetry: 3, deadlineMs: '5s', fetch: 1, backoff: { jitter: 'ful' } };
  const make = () => createFetch(options as unknown as FetchOptions);
  expect(make).toThrow(InvalidOptionsError);
  expect(make).toThrow(/createFetch got 4 bad option\(s\)/);
  expect(make).toThrow(/maxRetry: got 3; .* did you mean maxRetries\?/);
  expect(make).toThrow(/deadlineMs: got "5s"; give milliseconds/);
  expect(make).toThrow(/backoff.jitter: got "ful"; give 'full', 'equal'/);
});

test.each<[string, unknown]>([
  ['null', null],
  ['an array', []],
  ['5', 5],
  ['a function', () => {}],
])('createFetch does not take %s', (_, options) => {
  const make = () => createFetch(options as FetchOptions);
  expect(make).toThrow(InvalidOptionsError);
  expect(make).toThrow(/createFetch got 1 bad option\(s\):\n {2}options: got .*; give an object/);
});

test('createFetch takes only a policy that definePolicy made', () => {
  const make = () => createFetch({ policy: { events: 1 } } as unknown as FetchOptions);
  expect(make).toThrow(/policy: got an object; give what definePolicy\(\) made/);
});

test.each<[string, unknown, RegExp]>([
  ['null', null, /forbear: got null; give an object/],
  ['true', true, /forbear: got true; give an object/],
  ['a wrong value', { deadlineMs: '5s' }, /forbear\.deadlineMs: got "5s"; give milliseconds/],
])('forbear is named in the error about it: %s', async (_, forbear, message) => {
  const script = scriptedFetch(200);
  const call = createFetch({ fetch: script.fetch })('https://api.test/', {
    forbear,
  } as ForbearInit);
  await expect(call).rejects.toThrow(message);
  expect(script.requests).toHaveLength(0);
});

test('bad options of a call reject it before anything is sent', async () => {
  const script = scriptedFetch(200);
  const fetch = createFetch({ fetch: script.fetch });
  const forbear = { repeatable: 'yes', retries: 1 } as unknown as { repeatable: boolean };
  await expect(fetch('https://api.test/', { forbear })).rejects.toThrow(/2 bad option/);
  expect(script.requests).toHaveLength(0);
});
