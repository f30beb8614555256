import { describe, expect, test } from 'vitest';
import { gatherOutcome } from './outcome.js';

const headers = { 'retry-after': '1' };

describe('a value', () => {
  test.each<[string, unknown, object]>([
    ['with a status and headers', { status: 503, headers }, { status: 503, headers }],
    ['with a status alone', { status: 200 }, { status: 200 }],
    ['with headers that are none', { status: 200, headers: 'x' }, { status: 200 }],
    ['with headers that are null', { status: 200, headers: null }, { status: 200 }],
    ['without a status', { headers }, {}],
    ['that is nothing', undefined, {}],
    ['that is null', null, {}],
    ['that is a text', 'status', {}],
  ])('%s', (_, value, facts) => {
    expect(gatherOutcome({ ok: true, value })).toEqual(facts);
  });

  test.each([99, 600, 0, -1, 200.5, Number.NaN, Infinity, '429', 'failed', null, 429n])(
    'with the status %o is no answer of HTTP, but a value of its own',
    (status) => {
      expect(gatherOutcome({ ok: true, value: { status, headers } })).toEqual({});
    },
  );

  test('that is a Response is read as it is', () => {
    const response = new Response('body', { status: 429 });
    const facts = gatherOutcome({ ok: true, value: response });
    expect(facts).toEqual({ status: 429, headers: response.headers });
    expect(facts.headers).toBe(response.headers);
    expect(response.bodyUsed).toBe(false);
  });
});

describe('an error', () => {
  test.each<[string, object]>([
    ['with a status, as SDKs throw it', { status: 429, headers }],
    ['with a response, as axios throws it', { response: { status: 429, headers } }],
    ['with both, of which its own holds', { status: 429, headers, response: { status: 500 } }],
    ['with a status that is none', { status: 'x', response: { status: 429, headers } }],
  ])('%s is an answer', (_, properties) => {
    const error = Object.assign(new Error('m'), properties);
    expect(gatherOutcome({ ok: false, error })).toEqual({ status: 429, headers });
  });

  test.each([new Error('m'), 'text', 5, {}, { response: null }, { response: 'x' }])(
    '%o without an answer is handed on',
    (error) => {
      expect(gatherOutcome({ ok: false, error })).toEqual({ error });
    },
  );

  test.each([undefined, null])('that is %s is a failure too', (error) => {
    expect(gatherOutcome({ ok: false, error }).error).toBeDefined();
  });
});
