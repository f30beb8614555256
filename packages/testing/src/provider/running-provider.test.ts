import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { FakeProvider } from './fake-provider.js';
import type { FaultRequest } from './fault.js';
import type { FakeProviderOptions } from './options.js';
import { ask, CHAT, KEY, ManualClock, until } from './rig.test.support.js';
import { fakeProvider } from './start-fake-provider.js';

let provider: FakeProvider;
const start = async (options?: FakeProviderOptions) => {
  provider = await fakeProvider(options);
};
afterEach(() => provider.close());

describe('the script of faults', () => {
  test('strikes in order, each fault once', async () => {
    await start();
    provider.fail([
      { kind: 'status', status: 500 },
      { kind: 'status', status: 503 },
    ]);
    const statuses = [await ask(provider), await ask(provider), await ask(provider)];
    expect(statuses.map(({ status }) => status)).toEqual([500, 503, 200]);
  });

  test('strikes only what it is meant for, as often as it says, until it is healed', async () => {
    await start();
    provider.fail({ kind: 'status', status: 500 }, { callId: 'b' });
    provider.fail({ kind: 'status', status: 503 }, { method: 'get', times: 2 });
    provider.fail({ kind: 'status', status: 504 }, { path: '/v1/videos', times: Infinity });
    expect((await ask(provider, { callId: 'a' })).status).toBe(200);
    expect((await ask(provider, { callId: 'b' })).status).toBe(500);
    const get = () => ask(provider, { method: 'GET', path: '/v1/models?x=1' });
    const gets = [await get(), await get(), await get()];
    expect(gets.map(({ status }) => status)).toEqual([503, 503, 200]);
    const video = { path: '/v1/videos', body: { model: 'm', prompt: 'A cat' } };
    expect((await ask(provider, video)).status).toBe(504);
    expect((await ask(provider, video)).status).toBe(504);
    provider.heal();
    expect((await ask(provider, video)).status).toBe(200);
  });

  test('goes before the function, which is told the number of each request', async () => {
    const seen: FaultRequest[] = [];
    await start({
      faults: (asked) => {
        seen.push(asked);
        return asked.number === 2 ? { kind: 'status', status: 500 } : undefined;
      },
    });
    const statuses: number[] = [];
    for (const callId of ['a', 'b', 'a']) statuses.push((await ask(provider, { callId })).status);
    provider.fail({ kind: 'status', status: 503 });
    statuses.push((await ask(provider, { callId: 'b' })).status);
    expect(statuses).toEqual([200, 200, 500, 503]);
    const path = '/v1/chat/completions';
    expect(seen.at(-1)).toEqual({ callId: 'a', method: 'POST', path, number: 2 });
  });
});

describe('the books', () => {
  test('name a logical request by x-call-id, or else by what it asks for', async () => {
    await start({ priceCents: 5 });
    await ask(provider, { callId: 'a' });
    await ask(provider, { callId: 'a', body: { ...CHAT, other: true } });
    await ask(provider);
    await ask(provider);
    await ask(provider, { body: { ...CHAT, other: true } });
    expect(provider.ledger.bills('a')).toBe(2);
    expect(provider.ledger.total()).toBe(25);
    const unnamed = provider.requests[2]?.callId ?? '';
    expect(unnamed).toHaveLength(64);
    expect(provider.ledger.billedTwice()).toEqual(['a', unnamed]);
    expect(provider.requestCount(unnamed)).toBe(2);
  });

  test('hold what arrived, byte for byte', async () => {
    await start();
    const body = JSON.stringify({ ...CHAT, long: 'ü'.repeat(100_000) });
    await ask(provider, { body, path: '/v1/chat/completions?q=1', headers: { 'x-mine': 'yes' } });
    const [record] = provider.requests;
    expect(record).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      url: '/v1/chat/completions?q=1',
      status: 200,
      body: body.slice(0, 65_536),
      bodyBytes: Buffer.byteLength(body),
      bodySha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(record?.headers['x-mine']).toBe('yes');
  });

  test('are empty after a reset, and the wallet is as it was', async () => {
    await start({ wallet: { cents: 1 }, rateLimit: { shape: 'window', limit: 2, perMs: 60_000 } });
    await ask(provider, { callId: 'a' });
    expect((await ask(provider)).status).toBe(402);
    expect((await ask(provider)).status).toBe(429);
    provider.fail({ kind: 'status', status: 500 });
    provider.reset();
    expect(provider.requests).toEqual([]);
    expect(provider.ledger.entries).toEqual([]);
    expect((await ask(provider, { callId: 'a' })).status).toBe(200);
    expect(provider.requests[0]?.early).toBe(false);
    expect(provider.ledger.bills('a')).toBe(1);
  });
});

describe('the rate limit', () => {
  test('answers the page with the wait, counts each key for itself, and lets in again', async () => {
    const clock = new ManualClock(1_700_000_000_400);
    await start({ clock, rateLimit: { shape: 'window', limit: 1, perMs: 33_700 } });
    const first = await ask(provider);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(first.headers.get('x-ratelimit-reset-requests')).toBe('1700000035');
    const limited = await ask(provider);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('34');
    expect(limited.headers.get('x-ratelimit-reset-requests')).toBe('1700000035');
    expect(await limited.text()).toBe(
      JSON.stringify(
        {
          error: {
            message: 'Rate limit exceeded. Retry after 34 seconds.',
            type: 'rate_limit_error',
            code: 'rate_limit_exceeded',
          },
        },
        null,
        2,
      ),
    );
    const other = await ask(provider, { headers: { authorization: 'Bearer sk-other' } });
    expect(other.status).toBe(200);
    clock.advance(34_000);
    expect((await ask(provider)).status).toBe(200);
    expect(provider.requests.map(({ early }) => early)).toEqual([false, false, false, false]);
    expect(provider.ledger.entries.length).toBe(3);
  });

  test("shows the resets of a server's wrong clock", async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const rateLimit = { shape: 'window', limit: 1, perMs: 1000 } as const;
    await start({ clock, clockSkewMs: -3_600_000, rateLimit });
    const { headers } = await ask(provider);
    expect(headers.get('x-ratelimit-reset-requests')).toBe('1699996401');
  });

  test('finds those that do not wait', async () => {
    const clock = new ManualClock();
    await start({ clock });
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
    await ask(provider, { callId: 'a' });
    await ask(provider, { callId: 'b' }); // concurrent, as far as anybody can tell
    await ask(provider, { callId: 'a' }); // knew
    clock.advance(1999);
    await ask(provider, { callId: 'c' });
    await ask(provider, { callId: 'd', headers: { authorization: 'Bearer sk-other' } });
    clock.advance(1);
    await ask(provider, { callId: 'c' });
    const early = provider.requests.map((record) => record.early);
    expect(early).toEqual([false, false, true, true, false, false]);
  });
});

describe('connections', () => {
  test('are refused for as long as it is said, then accepted on the same port', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const { url } = provider;
    await ask(provider);
    await provider.refuse(5000);
    expect(provider.openSockets).toBe(0);
    await expect(ask(provider)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    clock.advance(5000);
    await provider.accept();
    expect((await ask(provider)).status).toBe(200);
    await provider.refuse();
    await provider.refuse();
    await Promise.all([provider.accept(), provider.accept()]);
    expect((await ask(provider)).status).toBe(200);
    expect(provider.url).toBe(url);
  });

  test('break under the requests on them when the provider refuses', async () => {
    await start();
    provider.fail({ kind: 'stall', what: 'headers' });
    const broken = expect(ask(provider)).rejects.toThrow('fetch failed');
    await until(() => provider.waiting === 1);
    await provider.refuse();
    await broken;
    expect(provider.inFlight).toBe(0);
  });

  test('are kept alive, counted, and closed when idle', async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { authorization: `Bearer ${KEY}` };
        const sent = request(`${provider.url}/v1/models`, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        sent.on('error', reject).end();
      });
    expect([await get(), await get()]).toEqual([200, 200]);
    expect(provider.sockets).toBe(1);
    provider.fail({ kind: 'stall', what: 'headers' });
    const leave = new AbortController();
    const busy = expect(ask(provider, { signal: leave.signal })).rejects.toThrow('aborted');
    await until(() => provider.waiting === 1);
    expect(provider.openSockets).toBe(2);
    provider.closeIdle();
    expect(provider.openSockets).toBe(1);
    await until(() => Object.keys(agent.freeSockets).length === 0);
    leave.abort();
    await busy;
    expect(await get()).toBe(200);
    // The built-in fetch connects anew after an abort, whether it has a request or not.
    expect(provider.sockets).toBeGreaterThanOrEqual(3);
    agent.destroy();
  });

  test('may break in the middle of an upload', async () => {
    await start();
    const socket = connect(Number(new URL(provider.url).port), '127.0.0.1');
    socket.write(
      'POST /v1/videos HTTP/1.1\r\nhost: x\r\nx-call-id: a\r\ncontent-length: 9\r\n\r\n{',
    );
    await until(() => provider.inFlight === 1);
    socket.destroy();
    await until(() => provider.inFlight === 0);
    expect(provider.requests[0]).toMatchObject({ callId: 'a', status: null, bodyBytes: 0 });
    expect((await ask(provider)).status).toBe(200);
  });

  test('and timers are all gone after close', async () => {
    const clock = new ManualClock();
    await start({ clock, workMs: 1000 });
    const calls = [ask(provider), ask(provider)].map((call) =>
      expect(call).rejects.toThrow('fetch failed'),
    );
    await until(() => provider.waiting === 2);
    await provider[Symbol.asyncDispose]();
    await Promise.all(calls);
    expect([provider.openSockets, provider.inFlight, clock.pending]).toEqual([0, 0, 0]);
    await provider.close();
  });
});

test('a hundred clients that leave at any moment do no harm', async () => {
  await start();
  const faults = ['stall', 'slow', 'cut', 'close'] as const;
  const calls = Array.from({ length: 100 }, (_, index) => {
    const kind = faults[index % faults.length];
    if (kind === 'stall') provider.fail({ kind, what: 'body' }, { callId: `${index}` });
    if (kind === 'slow') provider.fail({ kind, ms: 60_000 }, { callId: `${index}` });
    if (kind === 'cut') provider.fail({ kind }, { callId: `${index}` });
    if (kind === 'close') provider.fail({ kind, when: 'during' }, { callId: `${index}` });
    const leave = new AbortController();
    const call = ask(provider, { callId: `${index}`, signal: leave.signal });
    return { leave, settled: call.then((response) => response.text()).catch(() => 'failed') };
  });
  await until(() => provider.requests.length >= 50);
  for (const { leave } of calls) leave.abort();
  expect(await Promise.all(calls.map(({ settled }) => settled))).toEqual(Array(100).fill('failed'));
  await until(() => provider.inFlight === 0);
  expect(provider.ledger.billedTwice()).toEqual([]);
  expect((await ask(provider)).status).toBe(200);
});
