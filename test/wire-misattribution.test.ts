import { createFetch } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import { testCertificate } from '@forbear/testing/node';
import { Agent, Pool, RetryAgent } from 'undici';
import { describe, expect, test } from 'vitest';
import { CHAT } from './rig.js';
import {
  AT_ONCE,
  connecting,
  deadUrl,
  evidenceOf,
  type Fetch,
  post,
  SENT_ONCE,
  start,
  through,
  waitFor,
} from './wire-rig.js';

describe('a wrapped fetch that makes several requests in an attempt: work that was done is not repeated', () => {
  const wrappers: readonly [string, (dead: string) => Fetch][] = [
    [
      'first another one that fails, and then the real one',
      (dead) => async (input, init) => {
        await fetch(dead).catch(() => {});
        return fetch(input, init);
      },
    ],
    [
      'another one that nobody waits for, and the real one',
      (dead) => (input, init) => {
        fetch(dead).catch(() => {});
        return fetch(input, init);
      },
    ],
    [
      'the same one elsewhere first',
      (dead) => (input, init) => fetch(dead, init).catch(() => fetch(input, init)),
    ],
    [
      'the same one elsewhere afterwards',
      (dead) => (input, init) => fetch(input, init).catch(() => fetch(dead, init)),
    ],
    [
      'the same one elsewhere afterwards, after other work',
      (dead) => async (input, init) => {
        await undefined;
        return fetch(input, init).catch(() => fetch(dead, init));
      },
    ],
    [
      'the same one elsewhere first, and then throws the first error',
      (dead) => (input, init) =>
        fetch(dead, init).catch((first) => fetch(input, init).catch(() => Promise.reject(first))),
    ],
  ];

  test.each(wrappers)('%s', async (_, wrap) => {
    const provider = await start();
    provider.fail({ kind: 'close', when: 'after' }, { times: Number.POSITIVE_INFINITY });
    const trace = await post(
      { fetch: wrap(await deadUrl()) },
      `${provider.baseURL}/chat/completions`,
    );
    expect(trace).toMatchObject(SENT_ONCE);
    expect(provider.ledger.total()).toBe(1);
  });

  test('the retries of undici’s RetryAgent', async () => {
    const provider = await start();
    await provider.refuse();
    provider.fail({ kind: 'close', when: 'after' }, { times: Number.POSITIVE_INFINITY });
    const agent = new RetryAgent(new Agent(), {
      methods: ['POST'],
      retry: (error, { state }, decide) => {
        if (state.counter > 1) decide(error);
        else void provider.accept().then(() => decide(null));
      },
    });
    const trace = await post({ fetch: through(agent) }, `${provider.baseURL}/chat/completions`);
    expect(trace).toMatchObject(SENT_ONCE);
    expect(provider.ledger.total()).toBe(1);
  });

  test('over HTTP/2, of which nothing can be seen, and then one that is refused', async () => {
    const provider = await start({ tls: { ...testCertificate, http2: true } });
    provider.fail({ kind: 'goaway' }, { times: Number.POSITIVE_INFINITY });
    const dead = await deadUrl();
    const connect = { ca: testCertificate.cert };
    const bare = through(new Agent({ allowH2: true, connect }));
    const failover: Fetch = (input, init) => bare(input, init).catch(() => fetch(dead, init));
    const trace = await post({ fetch: failover }, `${provider.baseURL}/chat/completions`);
    expect(trace).toMatchObject(SENT_ONCE);
    expect(provider.ledger.total()).toBe(1);
  });

  test('one that is refused, while another is still to be sent', async () => {
    const provider = await start();
    const dead = await deadUrl();
    const { dispatcher, release } = connecting();
    const bare = through(dispatcher);
    const hedged: Fetch = (input, init) => {
      const both = [bare(input, init), fetch(dead, init)];
      return Promise.race(both);
    };
    const trace = await post({ fetch: hedged }, `${provider.baseURL}/chat/completions`);
    release();
    await waitFor(() => provider.ledger.total() > 0);
    expect(trace).toMatchObject(SENT_ONCE);
    expect(trace.attempts).toHaveLength(1);
  });

  test('but where all of them were refused, nothing was sent', async () => {
    const dead = await deadUrl();
    const failover: Fetch = (input, init) => fetch(dead, init).catch(() => fetch(input, init));
    const trace = await post({ fetch: failover }, await deadUrl());
    expect(trace).toMatchObject({ reason: 'max-retries', mayHaveBeenBilled: false });
  });
});

test('a request that is not the attempt’s own proves nothing of one in the queue of a pool', async () => {
  const provider = await start();
  provider.fail({ kind: 'stall', what: 'headers' }, { times: 2 });
  const url = `${provider.baseURL}/chat/completions`;
  const pool = through(new Pool(provider.url, { connections: 1 }));
  const other = through(connecting().dispatcher);
  const first = new AbortController();
  const ahead = pool(url, { method: 'POST', body: CHAT, signal: first.signal }).catch(() => {});
  await waitFor(() => provider.requests.length === 1);
  const reporting: Fetch = (input, init) => {
    other('http://telemetry.test/').catch(() => {});
    return pool(input, init);
  };
  const second = new AbortController();
  const told = evidenceOf(reporting, url, { signal: second.signal });
  first.abort();
  await ahead;
  // It is created only now, in the context of the one ahead.
  await waitFor(() => provider.requests.length === 2);
  second.abort();
  expect((await told).evidence).toBe('unproven');
});

test('what is called in the context of an attempt that is over is a call of its own', async () => {
  const script = scriptedFetch(503, 200);
  const inner = createFetch({ fetch: script.fetch, backoff: AT_ONCE });
  let later: Promise<Response> | undefined;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const outer = createFetch({
    fetch: async () => {
      later = released.then(() => inner('https://api.test/'));
      return new Response();
    },
  });
  await outer('https://api.test/');
  release();
  expect((await later)?.status).toBe(200);
  expect(script.requests).toHaveLength(2);
});
