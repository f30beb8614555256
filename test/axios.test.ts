import { traceOf } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { setUpAxios, VERSIONS } from './axios-rig.js';
import { CHAT } from './rig.js';

describe.each(VERSIONS)('with %s', (version) => {
  test('a POST is repeated after a 429, as late as its answer said, and billed once', async () => {
    const { provider, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
    const { response, error, requests, bills, gapsMs, trace } = await call();
    expect(error).toBeUndefined();
    expect(response?.status).toBe(200);
    expect(response?.data.object).toBe('chat.completion');
    expect([requests, bills]).toEqual([2, 1]);
    expect(gapsMs[0]).toBeGreaterThanOrEqual(2000);
    expect(trace?.attempts.map(({ status }) => status)).toEqual([429, 200]);
    expect(traceOf(response)).toEqual(trace);
    expect(provider.requests.map(({ body }) => body)).toEqual([CHAT, CHAT]);
  });

  test('a POST that a 500 answers is not repeated, and its error is the one of axios', async () => {
    const { axios, provider, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 500 });
    const { error, requests, bills, trace } = await call();
    expect([requests, bills]).toEqual([1, 1]);
    expect(error).toBeInstanceOf(axios.AxiosError);
    expect(error).toMatchObject({ code: 'ERR_BAD_RESPONSE', response: { status: 500 } });
    expect(error?.message).toBe('Request failed with status code 500');
    expect(error?.response?.config).toBe(error?.config);
    expect(error?.response?.data.error).toBeDefined();
    expect(trace).toMatchObject({ reason: 'may-have-been-done', possibleBills: 1 });
    expect(traceOf(error)).toEqual(trace);
  });

  test('a GET is repeated after a 500', async () => {
    const { provider, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 500 }, { times: 2 });
    const { response, requests } = await call({ method: 'GET' });
    expect(response?.status).toBe(200);
    expect(requests).toBe(3);
  });
});
