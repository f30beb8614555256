import { explain, genericProfile, traceOf } from '@forbear/core';
import { flexai } from '@forbear/providers';
import { describe, expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

const HTML = '<html><body><h1>503 Service Unavailable</h1></body></html>';

describe('a GET', () => {
  test.each([500, 502, 503, 504, 408, 429])(
    'that gets %i is answered by the second attempt',
    async (status) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status });
      const { response, requests } = await call('GET');
      expect(response?.status).toBe(200);
      expect(requests).toBe(2);
    },
  );

  test.each(['before', 'during', 'after'] as const)(
    'whose connection is reset %s the work is answered by the second attempt',
    async (when) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'close', when, reset: true });
      const { response, requests } = await call('GET');
      expect(response?.status).toBe(200);
      expect(requests).toBe(2);
    },
  );

  test('that always gets 503 ends after three retries with the last answer', async () => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status: 503, body: 'last' }, { times: 10 });
    const { response, requests, trace } = await call('GET');
    expect(await response?.text()).toBe('last');
    expect(requests).toBe(4);
    expect(trace).toMatchObject({ reason: 'max-retries', mayHaveBeenBilled: false });
  });
});

describe('a POST whose work was done before', () => {
  test.each([500, 502, 504])(
    '%i is sent once, billed once, and handed over unread',
    async (status) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status, work: 'before' });
      const { response, requests, bills, trace } = await call('POST');
      expect(response?.status).toBe(status);
      expect(response?.bodyUsed).toBe(false);
      expect(await response?.text()).not.toBe('');
      expect({ requests, bills }).toEqual({ requests: 1, bills: 1 });
      expect(trace).toMatchObject({
        reason: 'may-have-been-done',
        mayHaveBeenBilled: true,
        possibleBills: 1,
      });
      expect(traceOf(response)).toEqual(trace);
      expect(explain(trace)).toContain('set repeatable: true to accept a double bill');
    },
  );

  test.each([500, 502, 504])(
    '%i is repeated when it may be, and the trace counts the second bill',
    async (status) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status, work: 'before' });
      const { response, requests, bills, trace } = await call('POST', { repeatable: true });
      expect(response?.status).toBe(200);
      expect({ requests, bills }).toEqual({ requests: 2, bills: 2 });
      expect(trace).toMatchObject({
        outcome: 'success',
        mayHaveBeenBilled: true,
        possibleBills: 2,
      });
    },
  );
});

test('a Request with POST that gets 500 after the work is sent once, and billed once', async () => {
  const { provider, fetch } = await setUp();
  provider.fail({ kind: 'status', status: 500, work: 'before' });
  const headers = { authorization: 'Bearer sk-test', 'x-call-id': 'one' };
  const url = `${provider.baseURL}/chat/completions`;
  const response = await fetch(new Request(url, { method: 'POST', body: CHAT, headers }));
  expect(response.status).toBe(500);
  expect(provider.requestCount('one')).toBe(1);
  expect(provider.ledger.bills('one')).toBe(1);
  expect(traceOf(response)).toMatchObject({ method: 'POST', reason: 'may-have-been-done' });
});

describe('a POST that gets 503', () => {
  const after = { 'retry-after': '1' };

  test.each([
    ['in flex.ai’s own envelope is repeated', flexai, {}, undefined, 2],
    ['from a gateway in front of flex.ai is not', flexai, {}, HTML, 1],
    ['with Retry-After from an unknown provider is repeated', genericProfile, after, HTML, 2],
    ['without Retry-After from an unknown provider is not', genericProfile, {}, undefined, 1],
    [
      'with a malformed Retry-After from an unknown provider is not',
      genericProfile,
      { 'retry-after': 'soon' },
      HTML,
      1,
    ],
  ])('%s', async (_, profile, headers, body, requests) => {
    const { provider, call } = await setUp({ provider: profile });
    provider.fail({ kind: 'status', status: 503, headers, ...(body !== undefined && { body }) });
    const called = await call('POST');
    expect(called.requests).toBe(requests);
    expect(called.response?.status).toBe(requests === 1 ? 503 : 200);
    expect(called.bills).toBe(requests - 1);
  });
});

test.each([
  ['402, an empty wallet', 402, undefined, 'quota-exhausted'],
  [
    '429 with insufficient_quota',
    429,
    { error: { message: 'x', type: 'insufficient_quota', code: 'insufficient_quota' } },
    'quota-exhausted',
  ],
  ['400', 400, undefined, 'permanent'],
  ['401', 401, undefined, 'permanent'],
  ['403', 403, undefined, 'permanent'],
  ['404', 404, undefined, 'permanent'],
  ['422', 422, undefined, 'permanent'],
])(
  'a POST that gets %s is sent once, and its body is left unread',
  async (_, status, body, reason) => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status, ...(body && { body }) });
    const { response, requests, trace } = await call('POST');
    expect(requests).toBe(1);
    expect(response?.status).toBe(status);
    expect(response?.bodyUsed).toBe(false);
    expect(await response?.json()).toMatchObject(
      body ?? { error: { message: expect.any(String) } },
    );
    expect(trace).toMatchObject({ reason, mayHaveBeenBilled: false, possibleBills: 0 });
  },
);

test.each([genericProfile, flexai])(
  'an empty wallet of an unknown or known provider is not asked again',
  async (profile) => {
    const { call } = await setUp({ provider: profile, server: { wallet: { cents: 0 } } });
    const { response, requests } = await call('POST');
    expect(response?.status).toBe(402);
    expect(requests).toBe(1);
  },
);
