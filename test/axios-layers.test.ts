import { attachForbear } from '@forbear/axios';
import {
  type BypassedEvent,
  execute,
  InvalidOptionsError,
  type LayeredRetryEvent,
  traceOf,
} from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { recordEvents } from '@forbear/testing';
import type {
  AxiosAdapter,
  AxiosError,
  AxiosInstance,
  AxiosRequestConfig,
  InternalAxiosRequestConfig,
} from 'axios';
import axiosRetry from 'axios-retry';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AxiosRig, load, setUpAxios, VERSIONS } from './axios-rig.js';
import { CHAT } from './rig.js';
import { AT_ONCE, start } from './wire-rig.js';

function hear({ policy }: AxiosRig) {
  const layered: LayeredRetryEvent[] = [];
  const bypassed: BypassedEvent[] = [];
  policy.events.on('layeredRetry', (event) => layered.push(event));
  policy.events.on('bypassed', (event) => bypassed.push(event));
  return { layered, bypassed };
}

const HEADERS = { authorization: 'Bearer sk-test', 'x-call-id': 'layers' };

describe.each(VERSIONS)('with %s', (version) => {
  describe('a replay of error.config', () => {
    /** Those of a config are lost by axios 1.0 when it is replayed. */
    const headers = { headers: HEADERS };

    test('by axios-retry gets the verdict of what may have been done, unsent, and the same trace', async () => {
      const rig = await setUpAxios(version);
      const { instance, provider, call } = rig;
      const { layered } = hear(rig);
      const seen: unknown[] = [];
      axiosRetry(instance, {
        retries: 3,
        retryCondition: () => true,
        retryDelay: () => 0,
        onRetry: (_, error) => {
          seen.push(error);
        },
      });
      provider.fail({ kind: 'status', status: 500, work: 'before' }, { times: 10 });
      let settled = 0;
      const error = await instance
        .post(`${provider.baseURL}/chat/completions`, CHAT, {
          headers: HEADERS,
          forbear: { onSettled: () => settled++ },
        })
        .catch((thrown: AxiosError) => thrown);
      expect(provider.requestCount('layers')).toBe(1);
      expect(provider.ledger.bills('layers')).toBe(1);
      if (version === 'axios-1.0') return;
      expect(new Set([...seen, error]).size).toBe(1);
      expect(traceOf(error)?.attempts).toHaveLength(1);
      expect(layered.map(({ times }) => times)).toEqual([1, 2, 3]);
      expect(settled).toBe(4);
      expect((await call()).requests).toBe(1);
    });

    test.each([
      ['is remembered by its config', {}],
      ['is refused for a while', { refuseRepeatsMs: 60_000 }],
    ])('that counts in a copy of the config comes to its end where it %s', async (_, options) => {
      const { instance, provider } = await setUpAxios(version, options);
      const counts: number[] = [];
      interface Counted extends AxiosRequestConfig {
        readonly left?: number;
      }
      instance.interceptors.response.use(undefined, (error: AxiosError) => {
        const { left = 3, ...config } = error.config as Counted;
        counts.push(left);
        expect(error.response?.config).toBe(error.config);
        // Without an end it would never let go of the event loop.
        if (left === 0 || counts.length > 10) throw error;
        const replay: Counted = { ...config, ...headers, left: left - 1 };
        return instance(replay as InternalAxiosRequestConfig);
      });
      provider.fail({ kind: 'status', status: 500, work: 'before' }, { times: 10 });
      const error = await instance
        .post(`${provider.baseURL}/chat/completions`, CHAT, headers)
        .catch((thrown: AxiosError) => thrown);
      expect(counts).toEqual([3, 2, 1, 0]);
      expect(error).toMatchObject({ response: { status: 500 }, config: { left: 0 } });
      expect(traceOf(error)?.attempts).toHaveLength(1);
      expect(provider.ledger.bills('layers')).toBe(1);
    });

    test('is sent where it says that it may be done twice, or that it is a bare one', async () => {
      const { instance, provider } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 500 }, { times: 2 });
      const error = await instance
        .post(`${provider.baseURL}/chat/completions`, CHAT, { headers: HEADERS })
        .catch((thrown) => thrown);
      const bare = await instance({ ...error.config, ...headers, forbear: false }).catch(
        (thrown) => thrown,
      );
      expect(bare.response.status).toBe(500);
      expect(bare).not.toBe(error);
      expect(provider.requests).toHaveLength(2);
      const again = await instance({
        ...error.config,
        ...headers,
        forbear: { repeatable: true },
      });
      expect(again.status).toBe(200);
    });

    test('is sent after two minutes, and where its body is another one', async () => {
      const { instance, provider, clock } = await setUpAxios(version);
      provider.fail({ kind: 'status', status: 500 });
      const error = await instance
        .post(`${provider.baseURL}/chat/completions`, CHAT, { headers: HEADERS })
        .catch((thrown) => thrown);
      const other = await instance({
        ...error.config,
        ...headers,
        data: CHAT.replace('Hello', 'Hallo'),
      });
      expect(other.status).toBe(200);
      await clock.advance(120_001);
      expect((await instance({ ...error.config, ...headers })).status).toBe(200);
    });

    test('gets no verdict but that of its own request', async () => {
      const { instance, provider } = await setUpAxios(version);
      const post = (data: string) =>
        instance
          .post(`${provider.baseURL}/chat/completions`, data, headers)
          .catch((thrown) => thrown);
      const other = CHAT.replace('Hello', 'Hallo');
      provider.fail({ kind: 'status', status: 500 }, { times: 2 });
      const [first] = [await post(CHAT), await post(other)];
      const again = await instance({ ...first.config, ...headers, data: other });
      expect(again.status).toBe(200);
      expect(provider.requests).toHaveLength(3);
    });

    test('with a refreshed token is a call like any other, wrapped once', async () => {
      const rig = await setUpAxios(version);
      const { instance, provider } = rig;
      const events = recordEvents(rig.policy);
      instance.interceptors.response.use(undefined, (error) => {
        if (error.response?.status !== 401) throw error;
        return instance({ ...error.config, headers: { ...HEADERS } });
      });
      provider.fail({ kind: 'status', status: 503 }, { times: 1 });
      const { status } = await instance.post(`${provider.baseURL}/chat/completions`, CHAT, {
        headers: { ...HEADERS, authorization: 'Bearer stale' },
      });
      expect(status).toBe(200);
      expect(provider.requestCount('layers')).toBe(3);
      const types = events.map(
        ({ type, call }) => `${type} ${(call ?? 0) - (events[0]?.call ?? 0)}`,
      );
      expect(types.filter((each) => /give-up|success/.test(each))).toEqual([
        'give-up 0',
        'success 1',
      ]);
    });
  });

  describe('an interceptor that was registered before', () => {
    async function setUpBefore(before: (instance: AxiosInstance) => void) {
      const rig = await setUpAxios(version);
      rig.detach();
      before(rig.instance);
      attachForbear(rig.instance, { policy: rig.policy });
      return { rig, ...hear(rig) };
    }

    const own: AxiosAdapter = async (config) => ({
      data: '{}',
      status: 200,
      statusText: '',
      headers: {},
      config,
    });

    test.each<[string, (instance: AxiosInstance) => void]>([
      [
        'sets config.adapter',
        ({ interceptors }) => {
          interceptors.request.use((config) => {
            config.adapter = own;
            return config;
          });
        },
      ],
      [
        'sets it in a copy',
        ({ interceptors }) => {
          interceptors.request.use((config) => ({ ...config, adapter: own }));
        },
      ],
    ])('and %s bypasses us, which is told once', async (_, before) => {
      const { rig, bypassed } = await setUpBefore(before);
      for (let time = 0; time < 3; time++) expect((await rig.call()).trace).toBeUndefined();
      expect(bypassed).toEqual([
        {
          type: 'bypassed',
          because: expect.stringContaining('config.adapter'),
          call: 0,
          attempt: 0,
          key: expect.any(String),
          atMs: expect.any(Number),
          method: 'POST',
        },
      ]);
      expect(JSON.stringify(bypassed)).not.toContain('sk-test');
    });

    test('and wraps what it finds there does not', async () => {
      const { rig, bypassed } = await setUpBefore(({ interceptors }) => {
        interceptors.request.use((config) => {
          const inner = config.adapter as AxiosAdapter;
          config.adapter = (given) => inner({ ...given });
          return config;
        });
      });
      rig.provider.fail({ kind: 'status', status: 503 });
      const { requests } = await rig.call();
      expect(requests).toBe(2);
      expect(bypassed).toEqual([]);
    });

    test('and throws does not', async () => {
      const { rig, bypassed } = await setUpBefore(({ interceptors }) => {
        interceptors.request.use((config) => {
          throw Object.assign(new Error('mine'), { config });
        });
      });
      expect((await rig.call()).error?.message).toBe('mine');
      expect(bypassed).toEqual([]);
    });
  });

  test('nobody is told of calls that say forbear: false, fail or are answered', async () => {
    const rig = await setUpAxios(version);
    const { bypassed } = hear(rig);
    rig.provider.fail({ kind: 'status', status: 503 }, { times: 2 });
    const bare = await rig.instance
      .get(`${rig.provider.baseURL}/models`, { headers: HEADERS, forbear: false })
      .catch((thrown) => thrown);
    expect(bare.response.status).toBe(503);
    expect(traceOf(bare)).toBeUndefined();
    await rig.call();
    expect(rig.provider.requests).toHaveLength(3);
    expect(bypassed).toEqual([]);
  });

  test('a second attachment leaves the call to one', async () => {
    const rig = await setUpAxios(version);
    attachForbear(rig.instance, { policy: rig.policy });
    rig.provider.fail({ kind: 'status', status: 503 }, { times: 100 });
    const { requests, error } = await rig.call();
    expect([requests, error?.response?.status]).toEqual([4, 503]);
  });

  test('what takes it off leaves calls under way to their ends, and later ones bare', async () => {
    const { provider, policy, detach, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 503, headers: { 'retry-after': '5' } });
    policy.events.on('waiting', detach);
    const { response, requests } = await call();
    expect([response?.status, requests]).toEqual([200, 2]);
    detach();
    provider.fail({ kind: 'status', status: 503 });
    const later = await call();
    expect([later.error?.response?.status, later.requests, later.trace]).toEqual([
      503,
      1,
      undefined,
    ]);
  });

  test('what an instance creates is bare until it is attached itself', async () => {
    const { instance, provider, policy } = await setUpAxios(version);
    const child = (instance as AxiosInstance & { create: () => AxiosInstance }).create();
    const url = `${provider.baseURL}/models`;
    provider.fail({ kind: 'status', status: 503 }, { times: 2 });
    const error = await child.get(url, { headers: HEADERS }).catch((thrown) => thrown);
    expect(error.response.status).toBe(503);
    attachForbear(child, { policy });
    expect((await child.get(url, { headers: HEADERS })).status).toBe(200);
    expect(provider.requests).toHaveLength(3);
  });

  test('axios itself is an instance, and forbear may be in the defaults', async () => {
    const axios = await load(version);
    const provider = await start();
    const detach = attachForbear(axios, { backoff: AT_ONCE });
    onTestFinished(detach);
    provider.fail({ kind: 'status', status: 500 }, { times: 100 });
    const url = `${provider.baseURL}/models`;
    const config = { headers: HEADERS, proxy: false as const };
    await axios(url, { ...config, forbear: { maxRetries: 1 } }).catch(() => {});
    expect(provider.requests).toHaveLength(2);
    const instance = axios.create({ ...config, forbear: { maxRetries: 2 } });
    attachForbear(instance, { backoff: AT_ONCE });
    await instance.get(url).catch(() => {});
    expect(provider.requests).toHaveLength(5);
    await instance.get(url, { forbear: { maxRetries: 0 } }).catch(() => {});
    expect(provider.requests).toHaveLength(6);
  });

  test('options of a call are checked before anything is sent', async () => {
    const { instance, provider } = await setUpAxios(version);
    const forbear = { maxRetrys: 1, deadlineMs: 0 } as object;
    const error = await instance.get(provider.url, { forbear }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.message).toContain('forbear.maxRetrys');
    expect(error.message).toContain('forbear.deadlineMs');
    expect(provider.requests).toEqual([]);
  });

  test('errors without a config, and what is no error, pass through', async () => {
    const { instance, provider, call } = await setUpAxios(version);
    const mine = new Error('mine');
    const thrown = [mine, 'text', undefined, null, { config: null }];
    for (const each of thrown) {
      const adapter = () => Promise.reject(each);
      const error = await instance
        .post(provider.url, CHAT, { adapter })
        .catch((given: unknown) => given);
      expect(error).toBe(each);
    }
    const { trace } = await call({ adapter: () => Promise.reject(mine) });
    expect(trace).toMatchObject({ reason: 'may-have-been-done', mayHaveBeenBilled: true });
  });

  test('an adapter of its own is called with its own config, and what it notes there is kept', async () => {
    const { call } = await setUpAxios(version);
    const seen: unknown[] = [];
    const adapter: AxiosAdapter = async (config) => {
      seen.push(config.adapter);
      Object.assign(config, { noted: seen.length });
      const status = seen.length < 2 ? 421 : 200;
      return { data: '{}', status, statusText: '', headers: {}, config };
    };
    const { response } = await call({ adapter });
    expect(seen).toEqual([adapter, adapter]);
    expect(response?.config).toMatchObject({ noted: 2 });
    expect(response?.config.adapter).not.toBe(adapter);
  });
});

test.each([
  ['axios', 'fetch'],
  ['axios', ['xhr', 'fetch']],
  ['axios-1.7', 'fetch'],
] as const)(
  'with %s a fetch of ours under the adapter %s leaves the retries to axios',
  async (version, adapter) => {
    const rig = await setUpAxios(version);
    const bare = globalThis.fetch;
    const inner = recordEvents(rig.policy);
    globalThis.fetch = createFetch({ clock: rig.clock });
    onTestFinished(() => {
      globalThis.fetch = bare;
    });
    rig.provider.fail({ kind: 'status', status: 503 }, { times: 100 });
    const { requests } = await rig.call({ method: 'GET', adapter: adapter as never });
    expect(requests).toBe(4);
    expect(new Set(inner.map(({ call }) => call)).size).toBe(1);
  },
);

test('an instance of ours under execute leaves the retries to it', async () => {
  const { instance, provider, policy } = await setUpAxios('axios');
  provider.fail({ kind: 'status', status: 503 }, { times: 100 });
  const get = () => instance.get(`${provider.baseURL}/models`, { headers: HEADERS });
  await execute(get, policy, { method: 'GET' }).catch(() => {});
  expect(provider.requests).toHaveLength(4);
});

test('a list of names finds the first that there is', async () => {
  for (const version of ['axios-1.4', 'axios-1.7', 'axios'] as const) {
    const { provider, call } = await setUpAxios(version);
    provider.fail({ kind: 'status', status: 503 });
    const { response, requests } = await call({ adapter: ['xhr', 'http'] });
    expect([response?.status, requests]).toEqual([200, 2]);
    const { error } = await call({ adapter: 'nothing' as never });
    expect(error?.message).toMatch(/unknown adapter 'nothing'/i);
  }
});
