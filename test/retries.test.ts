import { genericProfile, traceOf } from '@forbear/core';
import { flexai } from '@forbear/providers';
import { expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

test.each([400, 402, 422, 500, 502, 504])(
  'a POST that gets %i after the work is handed over unread, with its trace',
  async (status) => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status, work: 'before' });
    const { response, trace } = await call('POST');
    expect(response?.status).toBe(status);
    expect(response?.bodyUsed).toBe(false);
    expect(await response?.text()).not.toBe('');
    expect(traceOf(response)).toEqual(trace);
  },
);

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

test.each([genericProfile, flexai])(
  'an empty wallet of an unknown or known provider is not asked again',
  async (profile) => {
    const { call } = await setUp({ provider: profile, server: { wallet: { cents: 0 } } });
    const { response, requests } = await call('POST');
    expect(response?.status).toBe(402);
    expect(requests).toBe(1);
  },
);
