import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Evidence, Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { type FakeProvider, fakeProvider, testCertificate } from '@forbear/testing/node';
import { Agent, type Dispatcher, ProxyAgent, fetch as undiciFetch } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CHAT } from './rig.js';

type Fetch = typeof globalThis.fetch;

function through(dispatcher: Dispatcher): Fetch {
  onTestFinished(() => dispatcher.destroy());
  const fetch = undiciFetch as unknown as Fetch;
  return (input, init) => fetch(input, { ...init, dispatcher } as RequestInit);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

async function deadUrl(): Promise<string> {
  const provider = await fakeProvider();
  await provider.close();
  return provider.url;
}

/** One POST without retries: what the wire told of its only attempt. */
async function evidenceOf(
  bare: Fetch | undefined,
  url: string,
  init: RequestInit = {},
): Promise<{ readonly evidence: Evidence | undefined; readonly trace: Trace }> {
  let trace: Trace | undefined;
  const fetch = createFetch({ maxRetries: 0, ...(bare && { fetch: bare }) });
  const headers = { authorization: 'Bearer sk-test', ...init.headers };
  const onSettled = (settled: Trace) => {
    trace = settled;
  };
  await fetch(url, { method: 'POST', body: CHAT, ...init, headers, forbear: { onSettled } })
    .then((response) => response.text())
    .catch(() => {});
  if (trace === undefined) throw new Error('the call did not settle');
  return { evidence: trace.attempts[0]?.failure?.evidence, trace };
}

/** Five hundred POSTs at once; some break, some are aborted, some before they left. */
async function storm(provider: FakeProvider, bare: Fetch | undefined) {
  const url = `${provider.baseURL}/chat/completions`;
  const told = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const callId = `storm-${index}`;
      const controller = new AbortController();
      if (index % 5 === 0) setTimeout(() => controller.abort(), index % 7);
      const init = { headers: { 'x-call-id': callId }, signal: controller.signal };
      return { callId, ...(await evidenceOf(bare, url, init)) };
    }),
  );
  return told.map((each) => ({ ...each, arrived: provider.requestCount(each.callId) > 0 }));
}

function randomFaults() {
  return fakeProvider({
    faults: ({ callId }) => {
      const number = Number(callId.split('-')[1]);
      if (number % 11 === 0) return { kind: 'close', when: 'before' };
      if (number % 7 === 0) return { kind: 'close', when: 'after' };
      return undefined;
    },
  });
}

describe('five hundred POSTs at once', () => {
  test.each<[string, () => Fetch | undefined]>([
    ['on the pooled sockets of the built-in fetch', () => undefined],
    ['on one connection of npm undici', () => through(new Agent({ connections: 1 }))],
    ['on pipelined connections', () => through(new Agent({ connections: 3, pipelining: 5 }))],
    ['of npm undici on as many sockets as it likes', () => through(new Agent())],
  ])('%s: nothing that arrived is taken for not sent', async (_, bare) => {
    const provider = await randomFaults();
    onTestFinished(() => provider.close());
    const told = await storm(provider, bare());
    const wrong = told.filter(({ evidence, arrived }) => evidence === 'not-sent' && arrived);
    expect(wrong).toEqual([]);
    expect(told.filter(({ arrived }) => arrived).length).toBeGreaterThan(300);
  });

  test('with the built-in fetch it is known of everything that arrived that it was sent', async () => {
    const provider = await randomFaults();
    onTestFinished(() => provider.close());
    const failed = (await storm(provider, undefined)).filter(({ evidence }) => evidence);
    const arrived = failed.filter((each) => each.arrived);
    expect(arrived.length).toBeGreaterThan(10);
    expect(new Set(arrived.map(({ evidence }) => evidence))).toEqual(new Set(['sent']));
  });

  test('what waited for the one connection and was aborted is known not to have been sent', async () => {
    const provider = await fakeProvider();
    onTestFinished(() => provider.close());
    provider.fail({ kind: 'stall', what: 'headers' });
    const bare = through(new Agent({ connections: 1 }));
    const url = `${provider.baseURL}/chat/completions`;
    const first = new AbortController();
    const stalled = evidenceOf(bare, url, { signal: first.signal });
    while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = new AbortController();
    const queued = evidenceOf(bare, url, { signal: second.signal });
    second.abort();
    expect((await queued).evidence).toBe('not-sent');
    first.abort();
    expect((await stalled).evidence).toBe('sent');
    expect(provider.requests).toHaveLength(1);
  });
});

describe('a redirect', () => {
  test('to a dead port was sent, although the last connection was refused', async () => {
    const location = await deadUrl();
    const server = createServer((_, response) => response.writeHead(307, { location }).end());
    const { evidence } = await evidenceOf(undefined, await listen(server));
    expect(evidence).toBe('sent');
  });
});

describe('through a proxy', () => {
  async function proxy(): Promise<Fetch> {
    const server = createServer();
    server.on('connect', (request, client: Socket) => {
      const [host, port] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
      client.on('error', () => target.destroy());
      client.on('close', () => target.destroy());
    });
    return through(new ProxyAgent(await listen(server)));
  }

  test('a target that refuses the connection was sent nothing', async () => {
    expect((await evidenceOf(await proxy(), await deadUrl())).evidence).toBe('not-sent');
  });

  test('a target that hangs up was sent the request', async () => {
    const provider = await fakeProvider();
    onTestFinished(() => provider.close());
    provider.fail({ kind: 'close', when: 'after' });
    const url = `${provider.baseURL}/chat/completions`;
    expect((await evidenceOf(await proxy(), url)).evidence).toBe('sent');
    expect(provider.ledger.total()).toBe(1);
  });

  test('a proxy that is dead was sent nothing', async () => {
    const bare = through(new ProxyAgent(await deadUrl()));
    expect((await evidenceOf(bare, await deadUrl())).evidence).toBe('not-sent');
  });
});

test('over HTTP/2 nothing that arrived is taken for not sent', async () => {
  const provider = await fakeProvider({
    tls: { ...testCertificate, http2: true },
    faults: ({ callId }) =>
      Number(callId.split('-')[1]) % 3 === 0 ? { kind: 'goaway' } : undefined,
  });
  onTestFinished(() => provider.close());
  const bare = through(new Agent({ allowH2: true, connect: { ca: testCertificate.cert } }));
  const told = await storm(provider, bare);
  expect(told.filter(({ evidence, arrived }) => evidence === 'not-sent' && arrived)).toEqual([]);
  expect(told.filter(({ arrived }) => arrived).length).toBeGreaterThan(10);
});

test('where nothing can be seen of the wire it is not known', async () => {
  const broken = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
  const stub: Fetch = () => Promise.reject(broken);
  expect((await evidenceOf(stub, 'https://api.test/')).evidence).toBe('unproven');
});

test('a request that comes after other work in a wrapped fetch is not taken for ours', async () => {
  const dead = await deadUrl();
  const busy: Fetch = async (input, init) => {
    await undefined;
    return Promise.reject(await globalThis.fetch(input, init).catch((error) => error.cause.code));
  };
  expect((await evidenceOf(busy, dead)).evidence).toBe('unproven');
});
