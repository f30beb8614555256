import { InvalidOptionsError } from '@forbear/core';
import { createFetch, type FetchOptions } from '@forbear/fetch';
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

test('forbear is never passed on, and false makes the call a bare one', async () => {
  const script = scriptedFetch(500);
  const fetch = createFetch({ fetch: script.fetch });
  const response = await fetch('https://api.test/', { headers: { a: 'b' }, forbear: false });
  expect(response.status).toBe(500);
  expect(script.requests).toHaveLength(1);
  expect(script.requests[0]?.init).toEqual({ headers: { a: 'b' } });
  await fetch('https://api.test/', { forbear: { maxRetries: 0 } });
  expect(script.requests[1]?.init).toEqual({});
});

test.each<[string, Parameters<typeof bareFetch>]>([
  ['a bad URL', ['not a url']],
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

test('bad options of a call reject it before anything is sent', async () => {
  const script = scriptedFetch(200);
  const fetch = createFetch({ fetch: script.fetch });
  const forbear = { repeatable: 'yes', retries: 1 } as unknown as { repeatable: boolean };
  await expect(fetch('https://api.test/', { forbear })).rejects.toThrow(/2 bad option/);
  expect(script.requests).toHaveLength(0);
});
