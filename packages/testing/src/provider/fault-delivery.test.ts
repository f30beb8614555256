import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FakeProvider } from './fake-provider.js';
import type { Fault } from './fault.js';
import { ask, CHAT, ManualClock, until } from './rig.test.support.js';
import { fakeProvider } from './start-fake-provider.js';

let clock: ManualClock;
let provider: FakeProvider;
beforeEach(async () => {
  clock = new ManualClock();
  provider = await fakeProvider({ clock, workMs: 100 });
});
afterEach(async () => {
  await provider.close();
  expect(clock.pending).toBe(0);
});

const ledger = () => provider.ledger.bills('a');
const isWaiting = () => provider.waiting === 1;
/** Sends call `a`, and gives the work its time when it asks for it. */
const answered = async (body?: unknown) => {
  const settled = ask(provider, { callId: 'a', body }).catch((error: unknown) => error);
  let done = false;
  void settled.finally(() => {
    done = true;
  });
  await until(() => done || isWaiting());
  if (!done) clock.advance(100);
  return settled;
};
const failure = expect.objectContaining({ name: 'TypeError', message: 'fetch failed' });

describe('a status', () => {
  test.each([
    [400, 0],
    [429, 0],
    [503, 0],
    [529, 0],
    [500, 1],
    [502, 1],
    [504, 1],
  ])('%i bills %i times by default', async (status, bills) => {
    provider.fail({ kind: 'status', status });
    expect(await answered()).toMatchObject({ status });
    expect(ledger()).toBe(bills);
    expect(provider.requests[0]?.status).toBe(status);
  });

  test('may be billed, or not, as the script says', async () => {
    provider.fail({ kind: 'status', status: 503, work: 'before' });
    await answered();
    expect(ledger()).toBe(1);
    provider.fail({ kind: 'status', status: 500, work: 'none' });
    await answered();
    expect(ledger()).toBe(1);
  });

  test('502 and 504 are the HTML page of a gateway, and others may be', async () => {
    provider.fail([
      { kind: 'status', status: 502 },
      { kind: 'status', status: 503, body: 'html' },
    ]);
    for (const title of ['502 Bad Gateway', '503 Service Temporarily Unavailable']) {
      const response = (await answered()) as Response;
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(await response.text()).toContain(`<h1>${title}</h1>`);
    }
  });

  test('carries a body and headers of its own, however big', async () => {
    const body = 'x'.repeat(256 * 1024);
    provider.fail([
      { kind: 'status', status: 500, body, headers: { 'X-Mine': ['1', '2'] } },
      { kind: 'status', status: 418, body: { tea: true } },
    ]);
    const response = (await answered()) as Response;
    expect(response.headers.get('x-mine')).toBe('1, 2');
    expect(await response.text()).toBe(body);
    expect(await ((await answered()) as Response).json()).toEqual({ tea: true });
  });

  test("429 repeats the wait of the script's header", async () => {
    provider.fail({ kind: 'status', status: 429, headers: { 'Retry-After': '7' } });
    const { error } = await ((await answered()) as Response).json();
    expect(error.message).toBe('Rate limit exceeded. Retry after 7 seconds.');
  });
});

describe('a closed connection', () => {
  test.each([
    ['before', 0, 0],
    ['during', 1, 50],
    ['after', 1, 100],
  ] as const)('%s the work bills %i times', async (when, bills, afterMs) => {
    const startMs = clock.now();
    provider.fail({ kind: 'close', when });
    const call = ask(provider, { callId: 'a' });
    const refused = expect(call).rejects.toEqual(failure);
    if (afterMs > 0) {
      await until(isWaiting);
      expect(ledger()).toBe(0);
      clock.advance(afterMs);
    }
    await refused;
    expect(ledger()).toBe(bills);
    if (bills > 0) expect(provider.ledger.entries[0]?.atMs).toBe(startMs + afterMs);
    expect(provider.requests[0]?.status).toBeNull();
  });

  test('may be a reset', async () => {
    provider.fail({ kind: 'close', when: 'before', reset: true });
    expect(await answered()).toMatchObject({ cause: { code: 'ECONNRESET' } });
  });
});

describe('a stall', () => {
  test.each(['headers', 'body'] as const)(
    'of the %s lasts until the client leaves',
    async (what) => {
      provider.fail({ kind: 'stall', what });
      const leave = new AbortController();
      const call = ask(provider, { callId: 'a', signal: leave.signal }).then((r) => r.text());
      const aborted = expect(call).rejects.toThrow('aborted');
      await until(isWaiting);
      clock.advance(100);
      await until(() => ledger() === 1 && isWaiting());
      expect(clock.pending).toBe(0);
      if (what === 'body') await until(() => provider.requests[0]?.status === 200);
      leave.abort();
      await aborted;
      await until(() => provider.inFlight === 0);
      expect(provider.waiting).toBe(0);
      expect(provider.requests[0]?.status).toBe(what === 'body' ? 200 : null);
    },
  );

  test.each(['headers', 'body'] as const)('of the %s may end', async (what) => {
    provider.fail({ kind: 'stall', what, ms: 5000 });
    const call = ask(provider).then((response) => response.json());
    await until(isWaiting);
    clock.advance(100);
    await until(() => isWaiting() && clock.pending === 1);
    clock.advance(5000);
    expect(await call).toMatchObject({ object: 'chat.completion' });
  });

  test('without work bills only a client that waited for it', async () => {
    const fault: Fault = { kind: 'stall', what: 'headers', ms: 5000, work: 'none' };
    provider.fail([fault, fault]);
    const leave = new AbortController();
    const left = ask(provider, { callId: 'a', signal: leave.signal });
    const aborted = expect(left).rejects.toThrow('aborted');
    await until(isWaiting);
    leave.abort();
    await aborted;
    await until(() => provider.inFlight === 0);
    expect(ledger()).toBe(0);
    const stayed = ask(provider, { callId: 'a' });
    await until(isWaiting);
    clock.advance(5000);
    await until(() => isWaiting() && clock.pending === 1);
    clock.advance(100);
    expect((await stayed).status).toBe(200);
    expect(ledger()).toBe(1);
  });
});

test.each([undefined, { ...CHAT, stream: true }])(
  'a cut answer is billed and breaks',
  async (body) => {
    provider.fail({ kind: 'cut' });
    const response = (await answered(body)) as Response;
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    let text = '';
    const read = async () => {
      for (let turn = 0; turn < 1000; turn += 1) {
        const part = await reader?.read();
        if (part === undefined || part.done) return;
        text += new TextDecoder().decode(part.value);
      }
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(text).toContain('chat.completion');
    expect(text).not.toContain('usage');
    expect(ledger()).toBe(1);
  },
);

test('a slow answer is late, and billed before it comes', async () => {
  provider.fail({ kind: 'slow', ms: 3000 });
  const call = ask(provider, { callId: 'a' });
  await until(isWaiting);
  clock.advance(100);
  await until(() => ledger() === 1 && isWaiting());
  clock.advance(3000);
  expect((await call).status).toBe(200);
});

test('work goes on, and is billed, when the client has left', async () => {
  const leave = new AbortController();
  const aborted = expect(ask(provider, { callId: 'a', signal: leave.signal })).rejects.toThrow();
  await until(isWaiting);
  leave.abort();
  await aborted;
  await until(() => provider.inFlight === 0);
  expect(ledger()).toBe(0);
  clock.advance(100);
  await until(() => ledger() === 1);
  expect(provider.requests[0]?.status).toBeNull();
});

test('a fault of HTTP/2 closes a connection of HTTP/1.1', async () => {
  provider.fail([{ kind: 'goaway' }, { kind: 'reset-stream' }]);
  expect(await answered()).toEqual(failure);
  expect(await answered()).toEqual(failure);
  expect(ledger()).toBe(2);
});
