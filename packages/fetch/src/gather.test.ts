import { type Facts, genericProfile, type Outcome } from '@forbear/core';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { type Gathering, gatherFacts } from './gather.js';

const URL = 'https://api.test/';

async function gather(
  outcome: Outcome<Response>,
  from: Partial<Gathering> = {},
  signal?: AbortSignal,
): Promise<Facts> {
  const gathering: Gathering = {
    input: URL,
    init: undefined,
    plan: {},
    provider: genericProfile,
    idempotencyKey: undefined,
    clock: new FakeClock(),
    keepsBodies: false,
    limited: false,
    readSent: () => 'unknown',
    ...from,
  };
  return gatherFacts(gathering, outcome, { number: 1, signal });
}

const answer = (value: unknown): Outcome<Response> => ({ ok: true, value: value as Response });

const KEPT = {
  plan: { replayable: () => false },
  init: { headers: { 'Idempotency-Key': 'k' } },
};

test('a success is its status alone', async () => {
  expect(await gather(answer(new Response('x')), KEPT)).toEqual({ status: 200 });
});

test.each([429, 402, 503, 529, 403])('the body of a %s is peeked', async (status) => {
  const facts = await gather(answer(new Response('why', { status })));
  expect(facts).toMatchObject({ status, body: 'why', sent: 'yes', replayable: true });
});

test('every failed body is peeked where it may answer the same call again', async () => {
  const failed = answer(new Response('why', { status: 502 }));
  expect(await gather(failed, { keepsBodies: true })).toMatchObject({ body: 'why' });
});

test('the body of a 502 is nothing to anybody, so it is not touched', async () => {
  const response = new Response('why', { status: 502 });
  const { body } = response;
  expect(await gather(answer(response))).not.toHaveProperty('body');
  expect(response.body).toBe(body);
});

test.each<[string, object]>([
  ['a Response of node-fetch', { body: { pipe() {} }, clone: () => expect.unreachable() }],
  ['a mock without clone', { body: new ReadableStream() }],
  ['a mock whose clone throws', { body: new ReadableStream(), clone: () => expect.unreachable() }],
])('of %s everything but the body is known', async (_, parts) => {
  const headers = new Headers();
  const facts = await gather(answer({ status: 429, headers, bodyUsed: false, ...parts }), KEPT);
  expect(facts).toEqual({
    status: 429,
    headers,
    body: '',
    sent: 'yes',
    replayable: false,
    hasIdempotencyKey: true,
    idempotencyKeyHonoured: false,
  });
});

test('a body of which it cannot be said that it can be sent again cannot', async () => {
  const plan = { replayable: () => Promise.reject(new Error('broken')) };
  const facts = await gather({ ok: false, error: new Error('reset') }, { plan });
  expect(facts).toMatchObject({ replayable: false, sent: 'unknown' });
});

test('after the caller’s abort nobody waits for a body that is still coming', async () => {
  const plan = { replayable: () => new Promise<boolean>(() => {}) };
  const signal = AbortSignal.abort('why');
  const facts = await gather({ ok: false, error: 'why' }, { plan, init: { signal } }, signal);
  expect(facts).toMatchObject({ error: 'why' });
});

test('after a limit of our own it is waited for, since the request may be sent again', async () => {
  let asked = false;
  const plan = {
    replayable: () => {
      asked = true;
      return false;
    },
  };
  const { signal } = new AbortController();
  const facts = await gather(
    { ok: false, error: 'limit' },
    { plan, init: { signal } },
    AbortSignal.abort('limit'),
  );
  expect(facts).toMatchObject({ replayable: false });
  expect(asked).toBe(true);
});

test('the wire is asked about the error, with what could end the attempt and where it went', async () => {
  const asked: unknown[] = [];
  const readSent: Gathering['readSent'] = (...args) => {
    asked.push(args);
    return 'no';
  };
  const error = new Error('refused');
  const { signal } = new AbortController();
  const other = new AbortController().signal;
  const facts = await gather({ ok: false, error }, { readSent, init: { signal } }, other);
  expect(facts).toMatchObject({ error, sent: 'no' });
  expect(asked).toEqual([[error, { signal, url: URL }]]);
});

test('an attempt that threw nothing is a failure too', async () => {
  expect(await gather({ ok: false, error: undefined })).toHaveProperty(
    'error',
    'nothing was thrown',
  );
});
