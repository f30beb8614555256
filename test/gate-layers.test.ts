import { type LayeredRetryEvent, sleep } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { type Called, CHAT, type Rig, setUp } from './rig.js';

function hear({ policy }: Rig): readonly LayeredRetryEvent[] {
  const heard: LayeredRetryEvent[] = [];
  policy.events.on('layeredRetry', (event) => heard.push(event));
  return heard;
}

/** A loop above that repeats whatever fails, as most do. */
async function repeat(rig: Rig, times: number, pauseMs = 500): Promise<readonly Called[]> {
  const all: Called[] = [];
  for (let time = 1; time <= times; time++) {
    const called = await rig.call('POST');
    all.push(called);
    if (called.response?.status === 200) break;
    await sleep(rig.clock, pauseMs);
  }
  return all;
}

test('a loop above that repeats a POST which got a 500 is told, each time', async () => {
  const rig = await setUp();
  const heard = hear(rig);
  rig.provider.fail({ kind: 'status', status: 500 }, { times: 2 });
  const [first, second, third] = await repeat(rig, 5);
  expect(third?.response?.status).toBe(200);
  expect(heard).toHaveLength(2);
  expect(heard).toMatchObject([
    { type: 'layeredRetry', method: 'POST', times: 1 },
    { type: 'layeredRetry', method: 'POST', times: 2 },
  ]);
  expect(heard[0]?.of).toBe(heard[1]?.of);
  expect(heard[0]?.call).not.toBe(heard[1]?.call);
  expect(first?.trace.notes).toEqual([]);
  expect(second?.trace.notes.join()).toContain('may have been done; this repeats it, time 1');
  expect(third?.trace.notes.join()).toContain('this repeats it, time 2');
});

test.each<[string, (rig: Rig) => Promise<unknown>]>([
  ['another body', ({ call }) => call('POST', { init: { body: `${CHAT} ` } })],
  ['another method', ({ call }) => call('GET', { path: '/chat/completions' })],
  [
    'another key',
    ({ call }) => call('POST', { init: { headers: { authorization: 'Bearer sk-other' } } }),
  ],
  ['two minutes later', ({ clock, call }) => sleep(clock, 120_001).then(() => call('POST'))],
])('a call with %s repeats nothing', async (_, call) => {
  const rig = await setUp();
  const heard = hear(rig);
  rig.provider.fail({ kind: 'status', status: 500 });
  await rig.call('POST');
  await call(rig);
  expect(heard).toEqual([]);
});

test('a call that was given up for another reason may be repeated without a word', async () => {
  const rig = await setUp({ maxRetries: 0 });
  const heard = hear(rig);
  rig.provider.fail({ kind: 'status', status: 503 });
  expect((await repeat(rig, 2)).map(({ response }) => response?.status)).toEqual([503, 200]);
  rig.provider.fail({ kind: 'status', status: 400 });
  expect((await repeat(rig, 2)).map(({ response }) => response?.status)).toEqual([400, 200]);
  expect(heard).toEqual([]);
});

test.each([
  [
    'ai/6.0.0 ai-sdk/openai/3.0.0 runtime/node.js/20',
    undefined,
    'the Vercel AI SDK',
    'generateText',
  ],
  ['langchainjs-openai/1.0.0 (node)', '0', 'LangChain.js', 'ChatOpenAI'],
  ['OpenAI/JS 6.0.0', '0', 'a loop around the SDK', 'one attempt'],
  ['OpenAI/JS 6.0.0', '1', 'the SDK itself', 'createOpenAIFetch'],
  ['node', undefined, 'a loop above', 'one attempt'],
])('the layer is named by %s and a retry count of %s', async (agent, count, layer, remedy) => {
  const rig = await setUp();
  const heard = hear(rig);
  rig.provider.fail({ kind: 'status', status: 500 }, { times: 2 });
  const headers = { 'user-agent': agent, ...(count && { 'x-stainless-retry-count': count }) };
  for (let time = 0; time < 2; time++) await rig.call('POST', { init: { headers } });
  expect(heard).toMatchObject([{ layer, refused: false }]);
  expect(heard[0]?.remedy).toContain(remedy);
});

describe('with refuseRepeatsMs', () => {
  const refuseRepeatsMs = 30_000;

  test('the same POST gets the same answer again, unsent, and is billed once', async () => {
    const rig = await setUp({ refuseRepeatsMs });
    const heard = hear(rig);
    rig.provider.fail({ kind: 'status', status: 500, body: { error: { message: 'lost' } } });
    const [first, second, third] = await repeat(rig, 3);
    const bodies = await Promise.all([first, second].map((each) => each?.response?.json()));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[0]).toEqual({ error: { message: 'lost' } });
    expect([first?.bills, second?.bills, third?.bills]).toEqual([1, 0, 0]);
    expect(rig.provider.requests).toHaveLength(1);
    expect(heard).toMatchObject([{ refused: true }, { refused: true, times: 2 }]);
    expect(second?.trace).toMatchObject({ reason: 'repetition', possibleBills: 0 });
  });

  test('the same POST gets the same error again', async () => {
    const rig = await setUp({ refuseRepeatsMs });
    rig.provider.fail({ kind: 'close', when: 'after', reset: true });
    const [first, second] = await repeat(rig, 2);
    expect(first?.error).toBeInstanceOf(TypeError);
    expect(second?.error).toBe(first?.error);
    expect(rig.provider.requests).toHaveLength(1);
  });

  test('it is made again after that time, and one that may be billed twice at once', async () => {
    const rig = await setUp({ refuseRepeatsMs });
    rig.provider.fail({ kind: 'status', status: 500 }, { times: 1 });
    await rig.call();
    expect((await rig.call('POST', { repeatable: true })).response?.status).toBe(200);
    rig.provider.fail({ kind: 'status', status: 500 }, { times: 1 });
    await rig.call('POST', { init: { body: `${CHAT} ` } });
    await sleep(rig.clock, refuseRepeatsMs + 1);
    expect((await rig.call('POST', { init: { body: `${CHAT} ` } })).response?.status).toBe(200);
  });
});
