import Anthropic from '@anthropic-ai/sdk';
import { traceOf } from '@forbear/core';
import OpenAI from 'openai';
import OpenAI5 from 'openai-5';
import OpenAI7 from 'openai-7';
import { describe, expect, test } from 'vitest';
import {
  BILLED,
  BODY,
  type Ended,
  failAlways,
  MESSAGES,
  type SdkRig,
  settle,
  setUpSdk,
} from './sdk-rig.js';

interface Own {
  readonly timeout?: number;
  readonly maxRetries?: number;
}

/** What makes a completion with each SDK and, with its default retries, our fetch or the bare one. */
type Complete = (rig: SdkRig, bare?: boolean, own?: Own) => Promise<Ended>;

const complete =
  (
    make: (options: {
      baseURL: string;
      fetch: SdkRig['bare'];
      apiKey: string;
    }) => (own: Own) => PromiseLike<unknown>,
  ): Complete =>
  (rig, bare = false, own = {}) => {
    const fetch = bare ? rig.bare : rig.fetch;
    const call = make({ baseURL: rig.provider.baseURL, fetch, apiKey: 'sk-test' });
    return settle(rig, () => call(own));
  };

const SDKS: Readonly<Record<string, Complete>> = {
  'openai 5': complete((options) => {
    const client = new OpenAI5(options);
    return (own) => client.chat.completions.create(BODY, own);
  }),
  'openai 6': complete((options) => {
    const client = new OpenAI(options);
    return (own) => client.chat.completions.create(BODY, own);
  }),
  'openai 7': complete((options) => {
    const client = new OpenAI7(options);
    return (own) => client.chat.completions.create(BODY, own);
  }),
  anthropic: complete(({ apiKey, ...options }) => {
    const client = new Anthropic({ ...options, apiKey: null, authToken: apiKey });
    return (own) => client.post('/chat/completions', { body: BODY, ...own });
  }),
};

describe.each(Object.entries(SDKS))('%s with its defaults', (_, call) => {
  test.each(Object.entries(BILLED))(
    '%s: one request, one bill; bare: three',
    async (_name, fault) => {
      const rig = await setUpSdk();
      failAlways(rig, fault);
      const bare = await call(rig, true, { timeout: 3000 });
      const ours = await call(rig, false, { timeout: 3000 });
      expect([bare.requests, bare.bills]).toEqual([3, 3]);
      expect([ours.requests, ours.bills]).toEqual([1, 1]);
      // The class of the error, its status, its code and its words are those of the bare SDK.
      const told = ({ error }: Ended) => [error?.constructor, error?.message, error?.status];
      expect(told(ours)).toEqual(told(bare));
    },
  );

  test('429 with Retry-After, then an answer: it waits, and is billed once', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    const ours = await call(rig);
    expect(ours).toMatchObject({ requests: 2, bills: 1 });
    expect(ours.error).toBeUndefined();
    expect(ours.elapsedMs).toBeGreaterThanOrEqual(7000);
  });

  test('a vouched 503, again and again: as many requests as ours allows, and no more', async () => {
    const rig = await setUpSdk();
    const body = { error: { message: 'offline', type: 'server_error', code: 'x' } };
    failAlways(rig, { kind: 'status', status: 503, body });
    expect(await call(rig)).toMatchObject({ requests: 4, bills: 0, error: { status: 503 } });
  });

  test('no connection: as many attempts as ours allows, and no more', async () => {
    const rig = await setUpSdk();
    await rig.provider.refuse();
    let attempts = 0;
    rig.policy.events.on('attempt', () => attempts++);
    const { error } = await call(rig);
    expect(error?.constructor.name).toBe('APIConnectionError');
    expect(attempts).toBe(4);
  });

  test('maxRetries: 0 of the SDK saves its sleeps, and is no limit for ours', async () => {
    const rig = await setUpSdk();
    rig.provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    expect(await call(rig, false, { maxRetries: 0 })).toMatchObject({ requests: 2, bills: 1 });
    failAlways(rig, { kind: 'close', when: 'after' });
    const slept = await call(rig);
    const spared = await call(rig, false, { maxRetries: 0 });
    expect([slept.requests, spared.requests]).toEqual([1, 1]);
    expect(slept.elapsedMs - spared.elapsedMs).toBeGreaterThan(1000);
  });

  test('its errors and answers are traced', async () => {
    const rig = await setUpSdk();
    rig.provider.fail([
      { kind: 'status', status: 500 },
      { kind: 'close', when: 'after' },
    ]);
    expect(traceOf((await call(rig)).error)?.reason).toBe('may-have-been-done');
    expect(traceOf((await call(rig)).error)?.reason).toBe('may-have-been-done');
  });
});

test('openai 7: a 200 whose body stalls is billed once, and the error says so; bare: three times', async () => {
  const rig = await setUpSdk();
  failAlways(rig, { kind: 'stall', what: 'body' });
  const call = SDKS['openai 7'] as Complete;
  const bare = await call(rig, true, { timeout: 2000 });
  const ours = await call(rig, false, { timeout: 2000 });
  expect([bare.bills, ours.bills, ours.requests]).toEqual([3, 1, 1]);
  expect(ours.error).toBeInstanceOf(OpenAI7.APIConnectionTimeoutError);
  expect(bare.error).toBeInstanceOf(OpenAI7.APIConnectionTimeoutError);
  expect(String(ours.error?.cause)).toContain(
    'the answer (200) timed out; it is not requested again',
  );
  expect(traceOf(ours.error)?.attempts).toHaveLength(1);
});

test('a GET whose body stalls is asked for again, since nobody bills it', async () => {
  const rig = await setUpSdk();
  rig.provider.fail({ kind: 'stall', what: 'body' });
  const client = new OpenAI7({
    baseURL: rig.provider.baseURL,
    apiKey: 'sk-test',
    fetch: rig.fetch,
  });
  const { value, requests } = await settle(rig, () => client.models.list({ timeout: 2000 }));
  expect([value !== undefined, requests]).toEqual([true, 2]);
});

test('a stream that breaks off is billed once, and fails as with the bare SDK', async () => {
  const rig = await setUpSdk();
  const read = async (fetch: SdkRig['bare']) => {
    rig.provider.fail({ kind: 'cut' });
    const client = new OpenAI({ baseURL: rig.provider.baseURL, apiKey: 'sk-test', fetch });
    const chunks: unknown[] = [];
    const ended = await settle(rig, async () => {
      const stream = await client.chat.completions.create({
        model: 'm',
        messages: MESSAGES,
        stream: true,
      });
      for await (const chunk of stream) chunks.push(chunk);
    });
    return { ...ended, chunks: chunks.length };
  };
  const bare = await read(rig.bare);
  const ours = await read(rig.fetch);
  expect([ours.requests, ours.bills, ours.chunks]).toEqual([1, 1, bare.chunks]);
  expect([ours.error?.constructor, ours.error?.message]).toEqual([
    bare.error?.constructor,
    bare.error?.message,
  ]);
});
