import { definePolicy, execute, traceOf } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { markFinal } from './final-answer.js';

const make = () =>
  new Response('why', { status: 500, headers: { 'x-request-id': 'r1', 'x-should-retry': 'true' } });

test('a final answer says that it is not to be retried, and all else is the same', async () => {
  const response = make();
  const { body } = response;
  markFinal(response);
  expect([...response.headers]).toEqual([
    ['content-type', 'text/plain;charset=UTF-8'],
    ['x-request-id', 'r1'],
    ['x-should-retry', 'false'],
  ]);
  expect(response).toBeInstanceOf(Response);
  expect(response.body).toBe(body);
  expect(response.bodyUsed).toBe(false);
  expect(Object.keys(response)).toEqual([]);
  expect(await response.text()).toBe('why');
});

test('so do its clones, and theirs', async () => {
  const response = make();
  markFinal(response);
  const copy = response.clone().clone();
  expect(copy.headers.get('x-should-retry')).toBe('false');
  expect(await copy.text()).toBe('why');
});

test('cookies stay apart', () => {
  const headers = new Headers([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  const response = new Response(null, { status: 500, headers });
  markFinal(response);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

describe('a response of another make', () => {
  class OwnHeaders {
    readonly own = true;
    readonly #map: Map<string, string>;
    constructor(from: Iterable<[string, string]> | OwnHeaders) {
      this.#map = new Map(from);
    }
    get(name: string) {
      return this.#map.get(name) ?? null;
    }
    set(name: string, value: string) {
      this.#map.set(name, value);
    }
    [Symbol.iterator]() {
      return this.#map[Symbol.iterator]();
    }
  }

  test('keeps its kind of headers', () => {
    const response = { headers: new OwnHeaders([['a', 'b']]) };
    markFinal(response as unknown as Response);
    expect(response.headers).toBeInstanceOf(OwnHeaders);
    expect([response.headers.get('a'), response.headers.get('x-should-retry')]).toEqual([
      'b',
      'false',
    ]);
  });

  test('that cannot be changed stays as it is', () => {
    const response = Object.freeze({ headers: new Headers() });
    markFinal(response as unknown as Response);
    expect(response.headers.has('x-should-retry')).toBe(false);
  });
});

test('the trace is found by the response, its marked headers and a clone', async () => {
  const policy = definePolicy();
  const response = await execute(async () => make(), policy, { method: 'POST' });
  markFinal(response);
  const trace = traceOf(response);
  expect(trace?.attempts).toHaveLength(1);
  expect(traceOf({ headers: response.headers })).toEqual(trace);
  expect(traceOf(response.clone())).toEqual(trace);
});

test('a call of ours above takes what we say to the SDK not for the word of the server', async () => {
  const policy = definePolicy({ backoff: () => 0 });
  let attempts = 0;
  const attempt = async () => {
    attempts++;
    const response = new Response(null, { status: 429 });
    markFinal(response);
    throw Object.assign(new Error('429'), { status: 429, headers: response.headers });
  };
  await expect(execute(attempt, policy, { method: 'POST' })).rejects.toThrow('429');
  expect(attempts).toBe(4);
});
