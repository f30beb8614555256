import { text } from 'node:stream/consumers';
import { attachForbear } from '@forbear/axios';
import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { describe, expect, test } from 'vitest';
import { setUpAxios, VERSIONS, type Version } from './axios-rig.js';
import { CHAT } from './rig.js';
import { deadUrl } from './wire-rig.js';

const NO_MONEY = { error: { message: 'no credit', type: 'insufficient_quota', code: 'x' } };

/** The wallet of a key is empty, as one call has found out. */
async function emptyWallet(version: Version) {
  const rig = await setUpAxios(version);
  rig.provider.fail({ kind: 'status', status: 402, body: NO_MONEY }, { times: 100 });
  const first = await rig.call();
  expect(first.requests).toBe(1);
  return { ...rig, first };
}

describe.each(VERSIONS)('with %s, a call that is refused without a request', (version) => {
  test('gets the AxiosError that axios would make', async () => {
    const { axios, first, call } = await emptyWallet(version);
    const { error, requests, trace } = await call();
    expect(requests).toBe(0);
    expect(trace).toMatchObject({ rebuilt: true, attempts: [], reason: 'quota-exhausted' });
    expect(error).toBeInstanceOf(axios.AxiosError);
    expect(error).not.toBe(first.error);
    expect(error?.message).toBe(first.error?.message);
    expect(error?.code).toBe('ERR_BAD_REQUEST');
    expect(error?.response).toMatchObject({ status: 402, data: NO_MONEY });
    expect(error?.response?.headers['content-type']).toContain('application/json');
    expect(error?.response?.headers).toBeInstanceOf(first.error?.response?.headers.constructor);
    expect(error?.response?.config).toBe(error?.config);
    expect(traceOf(error)).toEqual(trace);
  });

  test('gets a response where validateStatus takes its status', async () => {
    const { call } = await emptyWallet(version);
    const { response, requests, trace } = await call({ validateStatus: () => true });
    expect([response?.status, requests]).toEqual([402, 0]);
    expect(response?.data).toEqual(NO_MONEY);
    expect(traceOf(response)).toEqual(trace);
  });

  test('gets its body in the form that it asked for', async () => {
    const { call } = await emptyWallet(version);
    const bytes = await call({ responseType: 'arraybuffer' });
    expect(JSON.parse(bytes.error?.response?.data.toString())).toEqual(NO_MONEY);
    const stream = await call({ responseType: 'stream' });
    expect(JSON.parse(await text(stream.error?.response?.data))).toEqual(NO_MONEY);
    const plain = await call({ responseType: 'text' });
    expect(JSON.parse(plain.error?.response?.data)).toEqual(NO_MONEY);
    expect([bytes, stream, plain].map(({ requests }) => requests)).toEqual([0, 0, 0]);
  });

  test('gets the retry-after that is left', async () => {
    const { provider, call, clock } = await setUpAxios(version, { maxRetryAfterMs: 1_000 });
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '20' } });
    await call();
    await clock.advance(5_500);
    const { error, requests } = await call();
    expect(requests).toBe(0);
    expect(error?.response?.headers['retry-after']).toBe('15');
  });
});

test('by the fetch adapter gets bytes and streams of the web', async () => {
  const { call } = await emptyWallet('axios');
  const adapter = 'fetch';
  const bytes = await call({ adapter, responseType: 'arraybuffer' });
  expect(bytes.error?.response?.data).toBeInstanceOf(ArrayBuffer);
  const stream = await call({ adapter, responseType: 'stream' });
  expect(stream.error?.response?.data).toBeInstanceOf(ReadableStream);
  const blob = await call({ adapter, responseType: 'blob' });
  expect(JSON.parse(await blob.error?.response?.data.text())).toEqual(NO_MONEY);
  expect([bytes, stream, blob].map(({ requests }) => requests)).toEqual([0, 0, 0]);
});

test('one policy given to an instance and to a fetch is one gate', async () => {
  const { provider, policy, call, clock } = await setUpAxios('axios');
  const fetch = createFetch({ policy });
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
  const url = `${provider.baseURL}/chat/completions`;
  const headers = { authorization: 'Bearer sk-test', 'x-call-id': 'by fetch' };
  const startMs = clock.now();
  const fetched = fetch(url, { method: 'POST', headers, body: CHAT });
  await new Promise<void>((resolve) => policy.events.on('waiting', () => resolve()));
  const { response, requests } = await call();
  expect([response?.status, requests]).toEqual([200, 1]);
  expect((await fetched).status).toBe(200);
  const [, ...later] = provider.requests.map(({ atMs }) => atMs - startMs);
  expect(Math.min(...later)).toBeGreaterThanOrEqual(10_000);
  expect(policy.gates.snapshot()).toHaveLength(1);
});

test('config.auth and params are part of the key, and are not shown', async () => {
  const { instance, policy } = await setUpAxios('axios', { maxRetries: 0 });
  const url = await deadUrl();
  const user = (username: string) => ({ auth: { username, password: 'secret-password' } });
  await Promise.allSettled([
    instance.get(url, user('alice-secret')),
    instance.get(url, user('bob-secret')),
    instance.get(url, { params: { key: 'query-secret' } }),
  ]);
  const keys = policy.gates.snapshot().map(({ key }) => key);
  expect(keys).toHaveLength(3);
  expect(keys.join()).not.toContain('secret');
});

test('a burst into a limit is answered whole, and billed once each', async () => {
  const { provider, call } = await setUpAxios('axios', {
    server: { rateLimit: { shape: 'bucket', limit: 10, perMs: 1000 } },
  });
  const called = await Promise.all(Array.from({ length: 25 }, () => call()));
  expect(called.every(({ response }) => response?.status === 200)).toBe(true);
  expect(provider.ledger.billedTwice()).toEqual([]);
  expect(provider.requests.length).toBeLessThan(75);
});

test('calls of two attached instances with one policy share it', async () => {
  const { axios, provider, policy, call } = await setUpAxios('axios');
  provider.fail({ kind: 'status', status: 402, body: NO_MONEY });
  await call();
  const other = axios.create({ proxy: false });
  attachForbear(other, { policy });
  const error = await other
    .post(`${provider.baseURL}/chat/completions`, CHAT, {
      headers: { authorization: 'Bearer sk-test' },
    })
    .catch((thrown) => thrown);
  expect(error.response.status).toBe(402);
  expect(provider.requests).toHaveLength(1);
});
