import { explain, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { openai, stripe } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';

const URL_TEXT = 'https://api.stripe.com/v1/charges';
const envelope = (type: string, code?: string) =>
  JSON.stringify({ error: { type, code, message: 'm' } });

/** A fetch that meets these statuses, and what it sent. */
function meet(...answers: readonly (readonly [number, string?])[]) {
  const left = [...answers];
  const sent: { readonly key: string | null; readonly body: string; readonly init: RequestInit }[] =
    [];
  const bare: typeof fetch = async (input, init = {}) => {
    const request = new Request(input, init);
    sent.push({ key: request.headers.get('idempotency-key'), body: await request.text(), init });
    const [status = 200, body = '{}'] = left.shift() ?? [];
    return new Response(body, { status });
  };
  const clock = new FakeClock();
  const own = createFetch({ provider: stripe, fetch: bare, clock, backoff: () => 0 });
  async function call(init: RequestInit = {}, input: string | Request = URL_TEXT) {
    let trace: Trace | undefined;
    const forbear = { onSettled: (settled: Trace) => (trace = settled) };
    const given = { method: 'POST', body: 'amount=1', ...init, forbear };
    const response = await clock.run(
      typeof input === 'string' ? own(input, given) : own(input, { forbear }),
    );
    return { status: response.status, explained: trace ? explain(trace) : '', trace };
  }
  return { sent, call, clock, bare };
}

const FAILED = [500, envelope('api_error')] as const;

test('one is made for each call, and goes with each attempt and the same bytes', async () => {
  const { sent, call } = meet(FAILED, FAILED);
  const { status, trace } = await call();
  expect(status).toBe(200);
  expect(new Set(sent.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
  expect(sent).toHaveLength(3);
  expect(sent[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  expect(trace?.possibleBills).toBe(1);
  await call();
  expect(sent[3]?.key).not.toBe(sent[0]?.key);
});

test('the headers of the caller are sent too, and nothing that is theirs is changed', async () => {
  for (const headers of [{ 'X-Own': '1' }, new Headers({ 'X-Own': '1' }), [['X-Own', '1']]]) {
    const before = JSON.stringify([...new Headers(headers as HeadersInit)]);
    const { sent, call } = meet(FAILED);
    const init = { headers: headers as HeadersInit };
    await call(init);
    expect(sent.map(({ init }) => new Headers(init.headers).get('x-own'))).toEqual(['1', '1']);
    expect(JSON.stringify([...new Headers(init.headers)])).toBe(before);
    expect(Object.keys(init)).toEqual(['headers']);
  }
});

test('the headers and the body of a Request are sent with it', async () => {
  const { sent, call } = meet(FAILED);
  const request = new Request(URL_TEXT, {
    method: 'POST',
    body: 'amount=2',
    headers: { 'x-own': '1' },
  });
  const { status } = await call({}, request);
  expect(status).toBe(200);
  expect(sent.map(({ body }) => body)).toEqual(['amount=2', 'amount=2']);
  expect(sent.map(({ init }) => new Headers(init.headers).get('x-own'))).toEqual(['1', '1']);
  expect(sent[0]?.key).toBe(sent[1]?.key);
});

test('the caller’s own always wins', async () => {
  const { sent, call } = meet(FAILED);
  await call({ headers: { 'Idempotency-Key': 'mine' } });
  expect(sent.map(({ key }) => key)).toEqual(['mine', 'mine']);
});

test('none is made for a GET, for another API, or where the policy says so', async () => {
  const { sent, call, bare, clock } = meet([200], [200], [500]);
  await call({ method: 'GET', body: null });
  await createFetch({ provider: openai, fetch: bare })('https://api.openai.com/v1/responses', {
    method: 'POST',
    body: '{}',
  });
  const off = createFetch({ provider: stripe, fetch: bare, clock, idempotencyKey: false });
  const response = await off(URL_TEXT, { method: 'POST', body: 'a' });
  expect(response.status).toBe(500);
  expect(sent.map(({ key }) => key)).toEqual([null, null, null]);
});

describe('what is said of the key itself', () => {
  test('one that is still in use by our own attempt is waited for', async () => {
    const { sent, call } = meet(FAILED, [
      409,
      envelope('idempotency_error', 'idempotency_key_in_use'),
    ]);
    const { status, explained } = await call();
    expect([status, sent.length]).toEqual([200, 3]);
    expect(explained).toContain('another request with this idempotency key is still at work');
  });

  test.each([
    [400, envelope('idempotency_error')],
    [422, envelope('invalid_request_error')],
  ])('a %i on reuse says that an earlier attempt may have succeeded', async (status, body) => {
    const { sent, call } = meet(FAILED, [status, body]);
    const { status: given, explained, trace } = await call();
    expect([given, sent.length]).toEqual([status, 2]);
    expect(explained).toMatch(/may have succeeded/);
    expect(trace?.mayHaveBeenBilled).toBe(true);
  });

  test('one that an API ignores unlocks nothing, and the trace says why', async () => {
    const { sent, bare } = meet(FAILED);
    let explained = '';
    const own = createFetch({ provider: openai, fetch: bare });
    const response = await own('https://api.openai.com/v1/responses', {
      method: 'POST',
      body: '{}',
      headers: { 'idempotency-key': 'mine' },
      forbear: { onSettled: (trace) => (explained = explain(trace)) },
    });
    expect([response.status, sent.length]).toEqual([500, 1]);
    expect(explained).toContain('OpenAI does not honour its idempotency key');
  });
});
