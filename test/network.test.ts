import { createServer, type Server } from 'node:net';
import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { FakeClock } from '@forbear/testing';
import { fakeProvider, testCertificate } from '@forbear/testing/node';
import { Agent, fetch as undiciFetch } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { setUp } from './rig.js';

type Fetch = typeof globalThis.fetch;

/** A fetch over HTTP/2: undici's own, whose types differ from the built-in one's in name only. */
function http2Fetch(): Fetch {
  const dispatcher = new Agent({
    allowH2: true,
    connect: { ca: testCertificate.cert },
  });
  onTestFinished(() => dispatcher.destroy());
  const fetch = undiciFetch as unknown as Fetch;
  return (input, init) => fetch(input, { ...init, dispatcher } as RequestInit);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('a POST that was never sent is repeated', () => {
  test.each([
    ['when its name is not found', () => 'http://forbear.invalid/'],
    ['when the certificate is not trusted', secureServer],
    ['when the server speaks no TLS', async () => (await plainServer()).replace('http:', 'https:')],
    ['when the server hangs up during the handshake', hangingUp],
  ])('%s, and the last error is the bare one', async (_, start) => {
    const clock = new FakeClock();
    const errors: unknown[] = [];
    const bare: Fetch = (input, init) =>
      fetch(input, init).catch((error) => {
        errors.push(error);
        throw error;
      });
    const call = createFetch({ fetch: bare, clock })(await start(), { method: 'POST', body: 'x' });
    const caught: unknown = await passTime(
      clock,
      call.catch((error) => error),
    );
    expect(errors).toHaveLength(4);
    expect(caught).toBe(errors[3]);
    expect(traceOf(caught)).toMatchObject({ reason: 'max-retries', mayHaveBeenBilled: false });
  });
});

describe('a POST that may have arrived is sent once, and the bare error comes out', () => {
  test('when the transport’s own header timeout runs out', async () => {
    const dispatcher = new Agent({ headersTimeout: 50 });
    onTestFinished(() => dispatcher.destroy());
    const bare = undiciFetch as unknown as Fetch;
    const { provider, call } = await setUp({
      bare: (input, init) => bare(input, { ...init, dispatcher } as RequestInit),
    });
    provider.fail({ kind: 'stall', what: 'headers' });
    const { error, requests } = await call('POST');
    expect(error).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
    expect(requests).toBe(1);
  });

  test.each([
    ['is reset', { kind: 'reset-stream', code: 2 }],
    ['gets GOAWAY', { kind: 'goaway' }],
  ] as const)('when its HTTP/2 stream %s after the work', async (_, fault) => {
    const { provider, call } = await setUp({
      server: { tls: { ...testCertificate, http2: true } },
      bare: http2Fetch(),
    });
    await call('GET');
    provider.fail(fault);
    const { error, requests, bills, trace } = await call('POST');
    expect(error).toBeInstanceOf(Error);
    expect({ requests, bills }).toEqual({ requests: 1, bills: 1 });
    expect(trace).toMatchObject({ reason: 'may-have-been-done', mayHaveBeenBilled: true });
  });
});

test('a POST whose HTTP/2 stream was refused is repeated, for it was not processed', async () => {
  const { provider, call } = await setUp({
    server: { tls: { ...testCertificate, http2: true } },
    bare: http2Fetch(),
  });
  provider.fail({ kind: 'reset-stream', code: 7 });
  const { response, bills, trace } = await call('POST');
  expect(response?.status).toBe(200);
  expect(bills).toBe(1);
  expect(trace.attempts[0]?.failure?.evidence).toBe('refused-stream');
});

async function secureServer(): Promise<string> {
  const provider = await fakeProvider({ tls: testCertificate });
  onTestFinished(() => provider.close());
  return provider.url;
}

async function plainServer(): Promise<string> {
  const provider = await fakeProvider();
  onTestFinished(() => provider.close());
  return provider.url;
}

async function hangingUp(): Promise<string> {
  const server = createServer((socket) => socket.destroy());
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${await listen(server)}`;
}

/** Fires the timers of the clock whenever there are any, until `work` has settled. */
async function passTime<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  work.then(done, done);
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.fireNext();
  }
  return work;
}
