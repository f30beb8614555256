import { type Trace, traceOf } from '@forbear/core';
import type { ForbearInit } from '@forbear/fetch';
import { createOpenAIFetch } from '@forbear/openai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { BODY, failAlways, type SdkRig, settle, setUpSdk } from './sdk-rig.js';

const clientOf = ({ provider, fetch }: SdkRig, more = {}) =>
  new OpenAI({ baseURL: provider.baseURL, apiKey: 'sk-test', fetch, ...more });

/** A request as an SDK makes it for the attempt with this number, from 0. */
const attempt = (number: number, more: ForbearInit = {}): ForbearInit => ({
  method: 'POST',
  body: JSON.stringify(BODY),
  ...more,
  headers: {
    authorization: 'Bearer sk-test',
    'x-stainless-retry-count': String(number),
    ...(more.headers as Record<string, string>),
  },
});

describe("the SDK's own timer cuts off a wait of ours", () => {
  test('the SDK comes again, and is answered, as the bare one is', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '5' } });
    const client = clientOf(rig, { timeout: 3000 });
    const ended = await settle(rig, () => client.chat.completions.create(BODY));
    expect(ended).toMatchObject({ requests: 2, bills: 1 });
    expect(ended.error).toBeUndefined();
    expect(ended.elapsedMs).toBeGreaterThanOrEqual(5000);
    expect(rig.provider.requests.filter(({ early }) => early)).toEqual([]);
  });

  test('the same in the gate, before the first attempt of a call', async () => {
    const rig = await setUpSdk();
    const client = clientOf(rig, { timeout: 3000 });
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '5' } });
    const calls = [1, 2, 3].map(() => settle(rig, () => client.chat.completions.create(BODY)));
    for (const { error } of await Promise.all(calls)) expect(error).toBeUndefined();
    expect(rig.provider.ledger.entries).toHaveLength(3);
  });

  test('but not after an attempt that may have been billed', async () => {
    const rig = await setUpSdk();
    rig.provider.fail([
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
    ]);
    const client = clientOf(rig, { timeout: 3000 });
    const first = await settle(rig, () => client.chat.completions.create(BODY));
    expect([first.error?.status, first.requests]).toEqual([500, 1]);
  });
});

describe('a per-request timeout is a deadline', () => {
  const slow = { kind: 'status', status: 429, headers: { 'retry-after': '5' } } as const;

  test('a wait that cannot end in time is not begun', async () => {
    const rig = await setUpSdk();
    rig.provider.fail(slow);
    const call = () => clientOf(rig).chat.completions.create(BODY, { timeout: 4000 });
    const { error, requests, elapsedMs } = await settle(rig, call);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect([requests, traceOf(error)?.reason]).toEqual([1, 'past-deadline']);
    expect(elapsedMs).toBeLessThan(1000);
  });

  test('and one that can is', async () => {
    const rig = await setUpSdk();
    rig.provider.fail(slow);
    const call = () => clientOf(rig).chat.completions.create(BODY, { timeout: 7000 });
    expect(await settle(rig, call)).toMatchObject({ requests: 2, bills: 1 });
  });

  test('a shorter deadline of ours goes before it, and ends the call for good', async () => {
    const rig = await setUpSdk({ deadlineMs: 2000 });
    failAlways(rig, { kind: 'stall', what: 'headers' });
    const call = () => clientOf(rig).chat.completions.create(BODY, { timeout: 60_000 });
    const { error, requests, bills } = await settle(rig, call);
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect([requests, bills]).toEqual([1, 1]);
  });
});

describe('a request that repeats a final verdict is refused, unsent', () => {
  const UNSENT = 1;

  async function setUpRaw() {
    const rig = await setUpSdk();
    const url = `${rig.provider.baseURL}/chat/completions`;
    return { rig, send: (init: ForbearInit) => rig.fetch(url, init) };
  }

  test('with the same error, each time', async () => {
    const { rig, send } = await setUpRaw();
    rig.provider.fail({ kind: 'close', when: 'after' });
    const error = await send(attempt(0)).catch((thrown) => thrown);
    await expect(send(attempt(1))).rejects.toBe(error);
    await expect(send(attempt(2))).rejects.toBe(error);
    expect(rig.provider.requests).toHaveLength(UNSENT);
  });

  test('with the answer rebuilt, also for an SDK that does not obey', async () => {
    const { rig, send } = await setUpRaw();
    const body = { error: { message: 'lost', code: 'x' } };
    const headers = { 'x-request-id': 'r1', 'x-secret': 's' };
    rig.provider.fail({ kind: 'status', status: 500, body, headers });
    const first = await send(attempt(0));
    for (const number of [1, 2]) {
      const again = await send(attempt(number));
      expect([again.status, await again.json()]).toEqual([500, body]);
      expect(again.headers.get('x-should-retry')).toBe('false');
      expect(again.headers.get('x-request-id')).toBe('r1');
      expect(again.headers.has('x-secret')).toBe(false);
      expect(traceOf(again)).toEqual(traceOf(first));
    }
    expect(await first.json()).toEqual(body);
    expect(rig.provider.requests).toHaveLength(UNSENT);
  });

  test('with an error that says so, after a 200 whose body was cut off', async () => {
    const { rig, send } = await setUpRaw();
    const controller = new AbortController();
    const response = await send(attempt(0, { signal: controller.signal }));
    controller.abort();
    await expect(send(attempt(1))).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringContaining('the answer (200) timed out'),
    });
    await expect(response.text()).rejects.toBeDefined();
    expect(rig.provider.requests).toHaveLength(UNSENT);
  });

  test('with an error that says so, where nothing is remembered', async () => {
    const { rig, send } = await setUpRaw();
    await expect(send(attempt(1))).rejects.toThrow('nothing is remembered');
    await expect(send(attempt(2))).rejects.toBeInstanceOf(TypeError);
    expect(rig.provider.requests).toHaveLength(0);
  });

  test('not where the call says that it may be done twice, or may be by its method', async () => {
    const { rig, send } = await setUpRaw();
    expect((await send(attempt(1, { forbear: { repeatable: true } }))).status).toBe(200);
    const { headers } = attempt(1);
    const get = await rig.fetch(`${rig.provider.baseURL}/models`, { headers } as ForbearInit);
    expect(get.status).toBe(200);
  });

  test('not where the call said forbear: false: it is a bare one, whatever its count', async () => {
    const { rig, send } = await setUpRaw();
    failAlways(rig, { kind: 'status', status: 500 });
    for (const number of [0, 1, 2]) {
      const response = await send(attempt(number, { forbear: false }));
      expect([response.status, response.headers.has('x-should-retry')]).toEqual([500, false]);
    }
    expect(rig.provider.requests).toHaveLength(3);
  });

  test('not where the answer before was a refusal: a new token after a 401', async () => {
    const { rig, send } = await setUpRaw();
    const { status } = await send(attempt(0, { headers: { authorization: 'Bearer old' } }));
    const renewed = await send(attempt(1));
    expect([status, renewed.status]).toEqual([401, 200]);
    expect(rig.provider.ledger.entries).toHaveLength(1);
  });

  test('the guard goes with its header, and what is handed out is marked all the same', async () => {
    const { rig, send } = await setUpRaw();
    failAlways(rig, { kind: 'status', status: 500 });
    const { headers: _, ...rest } = attempt(1);
    for (let time = 0; time < 2; time++) {
      const response = await send({ ...rest, headers: { authorization: 'Bearer sk-test' } });
      expect(response.headers.get('x-should-retry')).toBe('false');
    }
    expect(rig.provider.requests).toHaveLength(2);
  });
});

// The SDK's own timer races the server's work by a clock that both follow at a distance.
test('equal calls at once do not confuse each other: no bill twice, no answer lost', {
  retry: 2,
}, async () => {
  const rig = await setUpSdk({ server: { workMs: 1000 } });
  const client = clientOf(rig, { timeout: 3000 });
  // One waits, and the SDK's timer cuts off its wait; two are cut off while the server works.
  rig.provider.fail([
    { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
    { kind: 'stall', what: 'headers' },
    { kind: 'stall', what: 'headers' },
  ]);
  const calls = Array.from({ length: 5 }, () =>
    settle(rig, () => client.chat.completions.create(BODY)),
  );
  const errors = (await Promise.all(calls)).flatMap(({ error }) => error ?? []);
  expect(errors).toHaveLength(2);
  for (const error of errors) expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  expect([rig.provider.requests.length, rig.provider.ledger.entries.length]).toEqual([6, 5]);
});

test('ten thousand calls settle once each, and none is sent twice', async () => {
  const CALLS = 10_000;
  const error = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET' });
  let sent = 0;
  const bare = async () => {
    if (++sent % 2 === 0) throw error;
    return new Response('{}');
  };
  const fetch = createOpenAIFetch({ fetch: bare });
  let settled = 0;
  const onSettled = (_: Trace) => {
    settled++;
  };
  // As the SDK makes it: again after an error.
  async function call(id: number): Promise<unknown> {
    for (let number = 0; ; number++) {
      const init = attempt(number, { body: `{"call":${id}}`, forbear: { onSettled } });
      try {
        return (await fetch('https://api.test/', init)).status;
      } catch (thrown) {
        if (number === 1 || thrown !== error) return thrown;
      }
    }
  }
  const ended = await Promise.all(Array.from({ length: CALLS }, (_, id) => call(id)));
  expect(ended.filter((each) => each === 200)).toHaveLength(CALLS / 2);
  expect(ended.filter((each) => each === error)).toHaveLength(CALLS / 2);
  expect([sent, settled]).toEqual([CALLS, CALLS]);
}, 120_000);
