import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type FakeProvider, fakeProvider, testCertificate } from '@forbear/testing/node';
import { Agent, ProxyAgent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deadUrl, evidenceOf, type Fetch, listen, through, waitFor } from './wire-rig.js';

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

  test.each<[string, (bare: Fetch) => Fetch]>([
    ['', (bare) => bare],
    [
      ', after other work in a wrapped fetch,',
      (bare) => async (input, init) => {
        await undefined;
        return await bare(input, init);
      },
    ],
  ])(
    'what waited for the one connection and was aborted%s is known not to have been sent',
    async (_, wrap) => {
      const provider = await fakeProvider();
      onTestFinished(() => provider.close());
      provider.fail({ kind: 'stall', what: 'headers' });
      const bare = wrap(through(new Agent({ connections: 1 })));
      const url = `${provider.baseURL}/chat/completions?a=b#c`;
      const first = new AbortController();
      const stalled = evidenceOf(bare, url, { signal: first.signal });
      await waitFor(() => provider.requests.length > 0);
      const second = new AbortController();
      const queued = evidenceOf(bare, url, { signal: second.signal });
      await undefined;
      await undefined;
      second.abort();
      expect((await queued).evidence).toBe('not-sent');
      first.abort();
      expect((await stalled).evidence).toBe('sent');
      expect(provider.requests).toHaveLength(1);
    },
  );
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

  test('what was aborted while the proxy had not answered its CONNECT was sent nothing', async () => {
    const server = createServer();
    const asked = new Promise((resolve) => server.once('connect', resolve));
    const bare = through(new ProxyAgent(await listen(server)));
    const controller = new AbortController();
    const told = evidenceOf(bare, 'http://target.test/', { signal: controller.signal });
    await asked;
    controller.abort();
    expect((await told).evidence).toBe('not-sent');
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

test('an error that is not that of the request proves nothing', async () => {
  const dead = await deadUrl();
  const renaming: Fetch = (input, init) =>
    globalThis.fetch(input, init).catch((error) => Promise.reject(error.cause.code));
  expect((await evidenceOf(renaming, dead)).evidence).toBe('unproven');
});
