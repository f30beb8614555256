import { Agent, createServer } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { attachForbear } from '@forbear/axios';
import type { Evidence, Trace } from '@forbear/core';
import { testCertificate } from '@forbear/testing/node';
import type { AxiosRequestConfig } from 'axios';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { describe, expect, onTestFinished, test } from 'vitest';
import { load, VERSIONS, type Version } from './axios-rig.js';
import { CHAT } from './rig.js';
import { AT_ONCE, deadUrl, listen, start } from './wire-rig.js';

/** What was known of each attempt of one POST. */
async function post(version: Version, url: string, config: AxiosRequestConfig = {}) {
  const axios = await load(version);
  let trace: Trace | undefined;
  const instance = axios.create({ proxy: false, ...config });
  attachForbear(instance, { backoff: AT_ONCE, maxRetries: 1 });
  const headers = { authorization: 'Bearer sk-test' };
  const onSettled = (settled: Trace) => {
    trace = settled;
  };
  const error = await instance.post(url, CHAT, { headers, forbear: { onSettled } }).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  const evidence = trace?.attempts.map(({ failure }) => failure?.evidence);
  return { evidence, trace, error };
}

/** Sent as often as it may be: nothing of it left. */
const NOT_SENT: readonly Evidence[] = ['not-sent', 'not-sent'];

function agent(options: ConstructorParameters<typeof Agent>[0]): Agent {
  const made = new Agent(options);
  onTestFinished(() => made.destroy());
  return made;
}

describe.each(VERSIONS)('a POST of %s', (version) => {
  describe('is repeated, since nothing of it was sent, when', () => {
    test('the connection is refused', async () => {
      const { evidence } = await post(version, await deadUrl());
      expect(evidence).toEqual(NOT_SENT);
    });

    test('the connection is refused, and no redirects are followed', async () => {
      const { evidence } = await post(version, await deadUrl(), { maxRedirects: 0 });
      expect(evidence).toEqual(NOT_SENT);
    });

    test('its host has no address', async () => {
      const { evidence } = await post(version, 'http://nowhere.invalid/');
      expect(evidence).toEqual(NOT_SENT);
    });

    test('its proxy does not listen', async () => {
      const { hostname, port } = new URL(await deadUrl());
      const proxy = { protocol: 'http:', host: hostname, hostname, port: Number(port) };
      const { evidence } = await post(version, 'http://api.test/', { proxy });
      expect(evidence).toEqual(NOT_SENT);
    });

    test('the proxy of its tunnel does not listen', async () => {
      const httpsAgent = new HttpsProxyAgent(await deadUrl());
      const { evidence } = await post(version, 'https://api.test/', { httpsAgent });
      expect(evidence).toEqual(NOT_SENT);
    });

    test('the certificate is not trusted', async () => {
      const provider = await start({ tls: testCertificate });
      const { evidence } = await post(version, `${provider.baseURL}/chat/completions`);
      expect(evidence).toEqual(NOT_SENT);
      expect(provider.requests).toEqual([]);
    });

    test('the server speaks no TLS', async () => {
      const { port } = new URL(await listen(createServer()));
      const { evidence } = await post(version, `https://127.0.0.1:${port}/`);
      expect(evidence).toEqual(NOT_SENT);
    });

    test('the server hangs up before the handshake is over', async () => {
      const { port } = new URL(await listen(createTcpServer((socket) => socket.destroy())));
      const { evidence } = await post(version, `https://127.0.0.1:${port}/`);
      expect(evidence).toEqual(NOT_SENT);
    });
  });

  describe('that runs into its timeout', () => {
    const timeout = 30;

    test('while it connects is not taken for sent', async () => {
      const httpAgent = agent({ lookup: () => {} });
      const { evidence, error } = await post(version, 'http://held.test/', { httpAgent, timeout });
      expect(error?.message).toBe('timeout of 30ms exceeded');
      // Some versions leave the connection of a request alone that timed out.
      const isGone = version === 'axios';
      expect(evidence).toEqual(isGone ? NOT_SENT : expect.arrayContaining([expect.any(String)]));
      expect(evidence).not.toContain('sent');
    });

    test('in the handshake is not taken for sent', async () => {
      const { port } = new URL(await listen(createTcpServer()));
      const { evidence } = await post(version, `https://127.0.0.1:${port}/`, { timeout });
      expect(evidence).not.toContain('sent');
    });

    test('while it waits for its answer is not repeated', async () => {
      const provider = await start();
      provider.fail({ kind: 'stall', what: 'headers' });
      const { evidence, trace } = await post(version, `${provider.baseURL}/chat/completions`, {
        timeout: 100,
      });
      expect(evidence).toEqual(['sent']);
      expect(trace?.mayHaveBeenBilled).toBe(true);
      expect(provider.ledger.billedTwice()).toEqual([]);
      expect(provider.requests).toHaveLength(1);
    });
  });

  describe('is not repeated when', () => {
    test.each(['before', 'during', 'after'] as const)(
      'the connection is reset %s the work',
      async (when) => {
        const provider = await start();
        provider.fail({ kind: 'close', when, reset: true });
        const { evidence, trace } = await post(version, `${provider.baseURL}/chat/completions`);
        expect(evidence).toEqual(['sent']);
        expect(trace?.reason).toBe('may-have-been-done');
        expect(provider.requests).toHaveLength(1);
      },
    );

    test('its answer breaks off', async () => {
      const provider = await start();
      provider.fail({ kind: 'cut' });
      const { evidence } = await post(version, `${provider.baseURL}/chat/completions`);
      expect(evidence).toHaveLength(1);
      expect(evidence).not.toContain('not-sent');
      expect(provider.ledger.entries).toHaveLength(1);
    });

    test('a socket that was kept alive has died', async () => {
      const arrived: string[] = [];
      const server = createServer((request, answer) => {
        arrived.push(request.url ?? '');
        if (arrived.length > 1) request.socket.destroy();
        else answer.end('{}');
      });
      const url = await listen(server);
      const httpAgent = agent({ keepAlive: true, maxSockets: 1 });
      await post(version, `${url}/first`, { httpAgent });
      const { evidence } = await post(version, `${url}/second`, { httpAgent });
      expect(evidence).not.toContain('not-sent');
      expect(arrived).toEqual(['/first', '/second']);
    });

    test.each([302, 307])(
      'it is sent elsewhere with %i, and nobody listens there',
      async (status) => {
        const dead = await deadUrl();
        let arrived = 0;
        const server = createServer((_request, answer) => {
          arrived++;
          answer.writeHead(status, { location: dead }).end();
        });
        const { evidence } = await post(version, await listen(server));
        expect(evidence).toEqual(['sent']);
        expect(arrived).toBe(1);
      },
    );

    test('its proxy refuses the tunnel with a 503', async () => {
      let tunnels = 0;
      const server = createServer();
      server.on('connect', (_request, socket) => {
        tunnels++;
        socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n');
      });
      const httpsAgent = new HttpsProxyAgent(await listen(server));
      const { evidence } = await post(version, 'https://api.test/', { httpsAgent });
      expect(evidence).not.toContain('not-sent');
      expect(tunnels).toBe(1);
    });

    test('an adapter of its own has sent something before it failed to connect', async () => {
      const provider = await start();
      const axios = await load(version);
      const dead = await deadUrl();
      const { evidence } = await post(version, `${provider.baseURL}/chat/completions`, {
        adapter: async (config) => {
          const headers = { authorization: 'Bearer sk-test' };
          await axios.post(config.url ?? '', config.data, { headers });
          return axios.post(dead, config.data);
        },
      });
      expect(evidence).toEqual(['sent']);
      expect(provider.ledger.entries).toHaveLength(1);
    });
  });

  test('a hundred at once: nothing that arrived is taken for not sent', async () => {
    const provider = await start({
      faults: ({ callId }) => {
        const number = Number(callId.split('-')[1]);
        if (number % 11 === 0) return { kind: 'close', when: 'before' };
        if (number % 7 === 0) return { kind: 'close', when: 'after', reset: true };
        return undefined;
      },
    });
    const axios = await load(version);
    const traces = new Map<string, Trace>();
    const instance = axios.create({
      proxy: false,
      httpAgent: agent({ keepAlive: true, maxSockets: 5 }),
    });
    attachForbear(instance, { maxRetries: 0 });
    const url = `${provider.baseURL}/chat/completions`;
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const id = `storm-${index}`;
        const controller = new AbortController();
        if (index % 5 === 0) setTimeout(() => controller.abort(), index % 13);
        const onSettled = (trace: Trace) => traces.set(id, trace);
        const headers = { authorization: 'Bearer sk-test', 'x-call-id': id };
        const { signal } = controller;
        await instance
          .post(url, CHAT, { headers, signal, forbear: { onSettled } })
          .catch(() => undefined);
      }),
    );
    const wrong = [...traces].filter(
      ([id, { attempts }]) =>
        provider.requestCount(id) > 0 &&
        attempts.some(({ failure }) => failure?.evidence === 'not-sent'),
    );
    expect(wrong).toEqual([]);
    expect(provider.requests.length).toBeGreaterThan(50);
  });
});

describe.each(['axios-1.7', 'axios'] as const)('a POST by the fetch adapter of %s', (version) => {
  const adapter = 'fetch';

  test('is repeated when the connection is refused', async () => {
    const { evidence } = await post(version, await deadUrl(), { adapter });
    expect(evidence).toEqual(NOT_SENT);
  });

  test.each([303, 307])(
    'is not when it was sent elsewhere with %i, where nobody listens',
    async (status) => {
      const dead = await deadUrl();
      const server = createServer((_request, answer) => {
        answer.writeHead(status, { location: dead }).end();
      });
      const { evidence } = await post(version, await listen(server), { adapter });
      expect(evidence).toEqual(['sent']);
    },
  );

  test('is not when the connection breaks', async () => {
    const provider = await start();
    provider.fail({ kind: 'close', when: 'after' });
    const { evidence } = await post(version, `${provider.baseURL}/chat/completions`, { adapter });
    expect(evidence).toEqual(['unproven']);
    expect(provider.requests).toHaveLength(1);
  });
});

test('over HTTP/2 nothing is taken for not sent that may have been', async () => {
  const provider = await start({ tls: { ...testCertificate, http2: true } });
  provider.fail({ kind: 'reset-stream' });
  const { evidence } = await post('axios', `${provider.baseURL}/chat/completions`, {
    httpVersion: 2,
    http2Options: { rejectUnauthorized: false },
  } as AxiosRequestConfig);
  expect(evidence).toHaveLength(1);
  expect(evidence).not.toContain('not-sent');
  expect(provider.requests).toHaveLength(1);
});

test('over TLS what was sent is known to have been', async () => {
  const provider = await start({ tls: testCertificate });
  provider.fail({ kind: 'close', when: 'after', reset: true });
  const httpsAgent = new HttpsAgent({ ca: testCertificate.cert });
  const { evidence } = await post('axios', `${provider.baseURL}/chat/completions`, { httpsAgent });
  expect(evidence).toEqual(['sent']);
});
