import { attachForbear } from '@forbear/axios';
import { type Trace, traceOf } from '@forbear/core';
import type { AxiosRequestConfig, AxiosStatic } from 'axios';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AT_ONCE } from './wire-rig.js';

type Answer =
  | { readonly status: number; readonly headers?: string; readonly body?: string }
  | 'error'
  | 'timeout';

let answers: Answer[] = [];
let sent: { readonly body: unknown; readonly headers: Record<string, string> }[] = [];

/** As much of a browser's as axios uses. */
class StubbedRequest {
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  response = '';
  responseURL = 'https://api.test/';
  timeout = 0;
  onloadend?: () => void;
  onerror?: () => void;
  ontimeout?: () => void;
  #all = '';
  readonly #headers: Record<string, string> = {};

  open(): void {}
  abort(): void {}
  addEventListener(): void {}

  setRequestHeader(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value;
  }

  getAllResponseHeaders(): string {
    return this.#all;
  }

  send(body: unknown): void {
    sent.push({ body, headers: { ...this.#headers } });
    const answer = answers.shift() ?? { status: 200, body: '{"a":1}' };
    queueMicrotask(() => {
      if (answer === 'error') this.onerror?.();
      else if (answer === 'timeout') this.ontimeout?.();
      else {
        this.status = answer.status;
        this.#all = answer.headers ?? '';
        this.responseText = answer.body ?? '';
        this.response = this.responseText;
        this.onloadend?.();
      }
    });
  }
}

let axios: AxiosStatic;

// The adapter looks for the class of the browser when it is loaded.
beforeAll(async () => {
  Object.assign(globalThis, { XMLHttpRequest: StubbedRequest });
  ({ default: axios } = await import('axios'));
});

afterAll(() => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
});

beforeEach(() => {
  answers = [];
  sent = [];
});

async function post(config: AxiosRequestConfig = {}) {
  const instance = axios.create({ adapter: 'xhr' });
  attachForbear(instance, { backoff: AT_ONCE });
  const data = { b: 2 };
  const ended = await instance.post('https://api.test/', data, config).catch((error) => error);
  return { ended, trace: traceOf(ended) as Trace };
}

test('the xhr adapter is used, and repeats what was refused with the same body and headers', async () => {
  answers = [{ status: 421 }, { status: 425 }];
  const { ended, trace } = await post();
  expect([ended.status, ended.data]).toEqual([200, { a: 1 }]);
  expect(sent).toHaveLength(3);
  expect(sent[0]?.body).toBe('{"b":2}');
  expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(trace.attempts.map(({ status }) => status)).toEqual([421, 425, 200]);
});

test.each(['error', 'timeout'] as const)(
  'the xhr adapter tells nothing of an error or a timeout (%s), so a POST is not repeated',
  async (answer) => {
    answers = [answer];
    const { ended, trace } = await post();
    expect(ended.isAxiosError).toBe(true);
    expect(sent).toHaveLength(1);
    expect(trace).toMatchObject({ reason: 'may-have-been-done', mayHaveBeenBilled: true });
  },
);

test('an empty wallet is seen in the body, and refuses the next call', async () => {
  const body = JSON.stringify({ error: { code: 'insufficient_quota' } });
  const instance = axios.create({ adapter: 'xhr' });
  attachForbear(instance);
  answers = [{ status: 402, body, headers: 'content-type: application/json\r\n' }];
  const call = () => instance.get('https://api.test/').catch((error) => error);
  expect((await call()).response.status).toBe(402);
  const again = await call();
  expect(again.response).toMatchObject({ status: 402, data: { error: {} } });
  expect(sent).toHaveLength(1);
});
