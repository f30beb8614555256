import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { attachForbear } from '@forbear/axios';
import { genericProfile, traceOf } from '@forbear/core';
import type { AxiosRequestConfig } from 'axios';
import { describe, expect, test } from 'vitest';
import { load, setUpAxios, VERSIONS } from './axios-rig.js';
import { CHAT } from './rig.js';
import { deadUrl, listen, waitFor } from './wire-rig.js';

describe.each(VERSIONS)('with %s', (version) => {
  describe('a call that succeeds at once', () => {
    /** What a server saw and a client got, with and without us. */
    async function compare(config: AxiosRequestConfig) {
      const seen: unknown[] = [];
      const server = createServer(async (request, answer) => {
        seen.push({
          method: request.method,
          url: request.url,
          headers: request.rawHeaders,
          body: await text(request),
        });
        answer.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
      });
      const url = await listen(server);
      const axios = await load(version);
      const send = async (isOurs: boolean) => {
        const instance = axios.create({ proxy: false });
        if (isOurs) attachForbear(instance);
        const {
          data,
          status,
          statusText,
          headers,
          config: sent,
        } = await instance({ url, ...config });
        const { adapter, env, ...rest } = sent;
        return {
          result: { data, status, statusText, headers: { ...headers, date: '' } },
          config: JSON.parse(JSON.stringify(rest)),
          keys: Object.keys(sent).sort(),
        };
      };
      return { bare: await send(false), ours: await send(true), seen };
    }

    test.each<[string, AxiosRequestConfig]>([
      ['GET', { method: 'get', params: { b: 2, c: ['d', 'e'] } }],
      ['POST of an object', { method: 'post', data: { a: 'ü' } }],
      ['POST of a text', { method: 'post', data: 'text', headers: { 'X-Own': 'a' } }],
      ['PUT of a buffer', { method: 'put', data: Buffer.from([1, 2, 3]) }],
      ['PATCH of parameters', { method: 'patch', data: new URLSearchParams({ a: '1' }) }],
      ['DELETE with credentials', { method: 'delete', auth: { username: 'a', password: 'b' } }],
      ['POST without a user agent', { method: 'post', headers: { 'User-Agent': false } as never }],
      ['HEAD', { method: 'head', maxRedirects: 0, responseType: 'arraybuffer' }],
    ])('sends the same request once and gives the same response: a %s', async (_, config) => {
      const { bare, ours, seen } = await compare(config);
      expect(seen).toHaveLength(2);
      expect(seen[1]).toEqual(seen[0]);
      expect(ours).toEqual(bare);
    });
  });

  test('what is sent is what was given, as soon as the call has begun', async () => {
    const { instance, provider } = await setUpAxios(version);
    const data = Buffer.from('before');
    const calling = instance.post(provider.url, data).catch(() => {});
    data.fill('x');
    await calling;
    expect(provider.requests[0]?.body).toBe('before');
  });

  test('the error of the last attempt is the one that axios made, without and with an answer', async () => {
    const axios = await load(version);
    const url = await deadUrl();
    const fail = async (isOurs: boolean) => {
      const instance = axios.create({ proxy: false });
      if (isOurs) attachForbear(instance, { maxRetries: 1, backoff: () => 0 });
      return instance.get(url).catch((error) => error);
    };
    const [bare, ours] = [await fail(false), await fail(true)];
    expect(ours).toBeInstanceOf(axios.AxiosError);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(bare).sort());
    expect([ours.code, ours.message, ours.name]).toEqual([bare.code, bare.message, bare.name]);
    expect(traceOf(ours)?.attempts).toHaveLength(2);
    expect(axios.isAxiosError(ours)).toBe(true);
  });

  test('interceptors and transforms run once for a call that is sent three times', async () => {
    const { instance, provider, call } = await setUpAxios(version);
    const runs: string[] = [];
    instance.interceptors.request.use((config) => {
      runs.push('request');
      return config;
    });
    instance.interceptors.response.use((response) => {
      runs.push('response');
      return response;
    });
    provider.fail({ kind: 'status', status: 503 }, { times: 2 });
    const { response, requests } = await call({
      data: { model: 'm', messages: [] },
      transformRequest: (data) => {
        runs.push('transformRequest');
        return JSON.stringify(data);
      },
      transformResponse: (data) => {
        runs.push('transformResponse');
        return [data];
      },
    });
    expect(requests).toBe(3);
    expect(response?.data).toHaveLength(1);
    expect(runs).toEqual(['request', 'transformRequest', 'transformResponse', 'response']);
  });

  describe('validateStatus', () => {
    test('that takes a 503 does not keep it from being repeated, and gets the last one', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 503 }, { times: 10 });
      const { response, requests, trace } = await call({ validateStatus: () => true });
      expect(response?.status).toBe(503);
      expect(requests).toBe(4);
      expect(traceOf(response)).toEqual(trace);
      expect(trace?.reason).toBe('max-retries');
    });

    test('that takes a 404 gets it at once', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 404 });
      const { response, requests } = await call({ validateStatus: (status) => status === 404 });
      expect([response?.status, requests]).toEqual([404, 1]);
    });

    test('that takes no 200 rejects it, and nothing is repeated', async () => {
      const { call } = await setUpAxios(version);
      const { error, requests } = await call({ method: 'GET', validateStatus: () => false });
      expect([error?.response?.status, requests]).toEqual([200, 1]);
    });

    test('that refuses a redirect which is not followed gets it', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 302, headers: { location: '/' }, work: 'none' });
      const { error, requests } = await call({ method: 'GET', maxRedirects: 0 });
      expect([error?.response?.status, requests]).toEqual([302, 1]);
    });
  });

  describe('an abort', () => {
    test.each(['signal', 'cancelToken'] as const)(
      'of %s in a wait rejects at once, as axios does',
      async (kind) => {
        const { axios, provider, policy, call } = await setUpAxios(version);
        provider.fail({ kind: 'status', status: 503, headers: { 'retry-after': '30' } });
        const controller = new AbortController();
        const source = axios.CancelToken.source();
        policy.events.on('waiting', () => {
          if (kind === 'signal') controller.abort(new Error('mine'));
          else source.cancel('mine');
        });
        const { error, requests, trace } = await call(
          kind === 'signal' ? { signal: controller.signal } : { cancelToken: source.token },
        );
        expect(axios.isCancel(error)).toBe(true);
        expect(error).toBeInstanceOf(axios.CanceledError);
        expect(error?.code).toBe('ERR_CANCELED');
        expect(error?.message).toBe(kind === 'signal' ? 'canceled' : 'mine');
        if (kind === 'signal') expect(error?.config?.method).toBe('post');
        else expect(error).toBe(source.token.reason);
        expect(requests).toBe(1);
        expect(trace?.reason).toBe('aborted');
      },
    );

    test.each(['signal', 'cancelToken'] as const)('of %s ends an attempt', async (kind) => {
      const { axios, provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'stall', what: 'headers' });
      const controller = new AbortController();
      const source = axios.CancelToken.source();
      const calling = call(
        kind === 'signal' ? { signal: controller.signal } : { cancelToken: source.token },
      );
      await waitFor(() => provider.requests.length > 0);
      if (kind === 'signal') controller.abort();
      else source.cancel();
      const { error, requests, trace } = await calling;
      expect(axios.isCancel(error)).toBe(true);
      expect([requests, trace?.reason]).toEqual([1, 'aborted']);
    });

    test('before it began sends nothing', async () => {
      const { axios, call } = await setUpAxios(version);
      const { error, requests } = await call({ signal: AbortSignal.abort() });
      expect(axios.isCancel(error)).toBe(true);
      expect(requests).toBe(0);
    });

    test.each(['signal', 'cancelToken'] as const)(
      'of %s right after the call began sends nothing',
      async (kind) => {
        const { axios, provider, call } = await setUpAxios(version);
        const controller = new AbortController();
        const source = axios.CancelToken.source();
        const calling = call(
          kind === 'signal' ? { signal: controller.signal } : { cancelToken: source.token },
        );
        controller.abort();
        source.cancel();
        const { error, trace } = await calling;
        expect(axios.isCancel(error)).toBe(true);
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        expect(provider.requests).toEqual([]);
        expect(trace?.mayHaveBeenBilled).not.toBe(true);
      },
    );

    test('leaves nothing on a token that is shared', async () => {
      const { axios, provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 503 });
      const { token } = axios.CancelToken.source();
      await call({ cancelToken: token });
      const { _listeners: listeners } = token as { _listeners?: readonly unknown[] };
      expect(listeners ?? []).toEqual([]);
    });
  });

  describe('time', () => {
    test('of attemptTimeoutMs is that of an attempt, and a GET is made again', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'stall', what: 'headers' });
      const { response, requests, trace } = await call({
        method: 'GET',
        forbear: { attemptTimeoutMs: 5_000 },
      });
      expect([response?.status, requests]).toEqual([200, 2]);
      expect(trace?.attempts[0]?.failure?.kind).toBe('timeout');
      expect(response?.config.signal).toBeUndefined();
    });

    test('of deadlineMs ends the call with a TimeoutError, and a POST is not made again', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'stall', what: 'headers' });
      const { error, requests } = await call({ forbear: { deadlineMs: 5_000 } });
      expect(error?.name).toBe('TimeoutError');
      expect(requests).toBe(1);
    });

    test('of timeout is that of an attempt', async () => {
      const { provider, call } = await setUpAxios(version);
      provider.fail({ kind: 'stall', what: 'headers' });
      const { response, requests } = await call({ method: 'GET', timeout: 200 });
      expect([response?.status, requests]).toEqual([200, 2]);
    });
  });

  describe('responseType', () => {
    test('arraybuffer gives bytes, and their error code is read', async () => {
      const { provider, call } = await setUpAxios(version);
      const body = { error: { message: 'no credit', code: 'insufficient_quota' } };
      provider.fail({ kind: 'status', status: 429, body, headers: {} });
      const { error, requests, trace } = await call({ responseType: 'arraybuffer' });
      expect(JSON.parse(String(error?.response?.data))).toEqual(body);
      expect([requests, trace?.reason]).toEqual([1, 'quota-exhausted']);
    });

    test('stream gives one, and that of an error is looked at and left unread', async () => {
      const { provider, call } = await setUpAxios(version);
      const body = { error: { message: 'no credit', code: 'insufficient_quota' } };
      provider.fail({ kind: 'status', status: 429, body, headers: {} });
      const { error, requests, trace } = await call({ responseType: 'stream' });
      expect([requests, trace?.reason]).toEqual([1, 'quota-exhausted']);
      expect(JSON.parse(await text(error?.response?.data))).toEqual(body);
    });

    test.each(['', 'x', 'x'.repeat(300_000)])(
      'stream gives an error of any length whole, with its end',
      async (body) => {
        const { provider, call } = await setUpAxios(version, { provider: genericProfile });
        provider.fail({ kind: 'status', status: 403, body });
        const { error } = await call({ responseType: 'stream' });
        const stream = error?.response?.data;
        let read = '';
        stream.on('data', (chunk: Buffer) => {
          read += chunk;
        });
        await new Promise((resolve) => stream.on('end', resolve));
        expect(read).toBe(body);
      },
    );

    test('stream gives up the sockets of what nobody reads', async () => {
      const { provider, call } = await setUpAxios(version, { maxRetries: 30 });
      let most = 0;
      const body = 'x'.repeat(256 * 1024);
      provider.fail({ kind: 'status', status: 502, body, work: 'none' }, { times: 30 });
      const watch = setInterval(() => {
        most = Math.max(most, provider.openSockets);
      }, 1);
      const { response, requests } = await call({ method: 'GET', responseType: 'stream' });
      clearInterval(watch);
      response?.data.resume();
      expect(requests).toBe(31);
      expect(most).toBeLessThanOrEqual(3);
    });
  });

  test('progress of uploads and downloads is told', async () => {
    const { provider, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 503 });
    let uploads = 0;
    let downloads = 0;
    const { response } = await call({
      onUploadProgress: () => uploads++,
      onDownloadProgress: () => downloads++,
    });
    expect(response?.status).toBe(200);
    expect(provider.requests.map(({ body }) => body)).toEqual([CHAT, CHAT]);
    await waitFor(() => uploads >= 2 && downloads >= 2);
  });

  test('a mistake of the program is not repeated', async () => {
    const { call, provider } = await setUpAxios(version);
    const { error, trace } = await call({ method: 'GET', url: 'foo://bar' });
    expect(error?.message).toContain('Unsupported protocol foo:');
    expect(trace).toMatchObject({ reason: 'permanent', attempts: [{ number: 1 }] });
    const many = await call({ method: 'GET', maxContentLength: 1 });
    expect(many.error?.message).toContain('maxContentLength');
    expect(many.trace).toMatchObject({ reason: 'permanent', attempts: [{ number: 1 }] });
    expect(provider.requests).toHaveLength(1);
  });

  test('a redirect without end is followed once', async () => {
    const { provider, call } = await setUpAxios(version);
    const headers = { location: `${provider.baseURL}/models` };
    provider.fail({ kind: 'status', status: 302, headers, work: 'none' }, { times: 100 });
    const { error, trace } = await call({ method: 'GET', maxRedirects: 2 });
    expect(error?.code).toBe('ERR_FR_TOO_MANY_REDIRECTS');
    expect(trace?.attempts).toHaveLength(1);
    expect(provider.requests).toHaveLength(3);
  });
});
