import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai, github } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { setUp } from './rig.js';

const URL_TEXT = 'https://api.github.com/graphql';
const LIMITED = JSON.stringify({ errors: [{ type: 'RATE_LIMITED', message: 'm' }] });
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

type Made = readonly [body: string | ReadableStream, headers?: Record<string, string>];

function meet(...answers: readonly Made[]) {
  const given: Response[] = [];
  const left = [...answers];
  const bare: typeof fetch = async () => {
    const [body = '{"data":{}}', headers = JSON_TYPE] = left.shift() ?? [];
    const response = new Response(body, { headers });
    given.push(response);
    return response;
  };
  const clock = new FakeClock();
  const own = createFetch({ provider: github, fetch: bare, clock, maxRetries: 2 });
  const call = () => clock.run(own(URL_TEXT, { method: 'POST', body: '{"query":"{ a }"}' }));
  return { given, call, bare, clock };
}

const told = { ...JSON_TYPE, 'retry-after': '5' };

test('an error in a 200 is repeated after the wait that it names', async () => {
  const { given, call, clock } = meet([LIMITED, told]);
  const response = await call();
  expect(await response.json()).toEqual({ data: {} });
  expect(response).toBe(given[1]);
  expect(clock.monotonic()).toBeGreaterThanOrEqual(5000);
  expect(traceOf(response)?.attempts[0]?.failure).toMatchObject({
    kind: 'rate-limited',
    effect: 'none',
    status: 200,
    bucket: 'graphql',
    ruleOf: 'GitHub',
  });
});

test('when it is given up, it is handed out as the 200 that it is, unread', async () => {
  const late = { ...JSON_TYPE, 'retry-after': '3600' };
  const { given, call } = meet([LIMITED, late]);
  const response = await call();
  expect(response).toBe(given[0]);
  expect([response.status, response.bodyUsed]).toEqual([200, false]);
  expect(await response.text()).toBe(LIMITED);
  expect(traceOf(response)?.reason).toBe('retry-after-too-long');
});

test('over a socket, a refusal with 200 is repeated, billed once, and its connection is used again', async () => {
  const rules = [
    { status: 200, code: ['ratelimited'], kind: 'rate-limited', because: 'it is too much' },
  ] as const;
  const rig = await setUp({ provider: { ...flexai, rules } });
  const body = { ok: false, error: 'ratelimited' };
  rig.provider.fail({ kind: 'status', status: 200, body, headers: { 'retry-after': '3' } });
  const { response, requests, bills, gapsMs, trace } = await rig.call('POST');
  expect([response?.status, requests, bills, trace.possibleBills]).toEqual([200, 2, 1, 1]);
  expect(gapsMs[0]).toBeGreaterThanOrEqual(3000);
});

test.each<[string, Made]>([
  ['another error, which is for its caller', ['{"errors":[{"type":"NOT_FOUND"}]}']],
  ['one in a text', [LIMITED, { 'content-type': 'text/plain' }]],
  ['one in a stream', [LIMITED, { 'content-type': 'text/event-stream' }]],
  ['one that is too long', [LIMITED, { ...JSON_TYPE, 'content-length': '16385' }]],
  ['one that is cut off by the peek', [LIMITED.replace('"m"', `"${'m'.repeat(20_000)}"`)]],
])('%s is no failure', async (_, made) => {
  const { given, call } = meet(made);
  expect(await call()).toBe(given[0]);
  expect(given).toHaveLength(1);
});

test('a success of an API that hides no errors is not touched', async () => {
  const { bare } = meet([LIMITED]);
  let body: unknown;
  const watching: typeof fetch = async (...given) => {
    const response = await bare(...given);
    Object.defineProperty(response, 'clone', { value: () => expect.unreachable() });
    body = response.body;
    return response;
  };
  const response = await createFetch({ provider: flexai, fetch: watching })(
    'https://api.flex.ai/',
    {
      method: 'POST',
    },
  );
  expect(response.body).toBe(body);
});
