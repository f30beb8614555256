import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { readerOfUsage } from './read-usage.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const ANSWER = { usage: { prompt_tokens: 3 } };

const read = (response: Response) => readerOfUsage(new FakeClock(), undefined)(response);

test('the JSON of a small answer is read, and the answer stays unread', async () => {
  const response = new Response(JSON.stringify(ANSWER), { headers: JSON_TYPE });
  expect(await read(response)).toEqual(ANSWER);
  expect(response.bodyUsed).toBe(false);
  expect(await response.json()).toEqual(ANSWER);
});

test.each([
  [
    'a stream of events',
    new Response('data: {}', { headers: { 'content-type': 'text/event-stream' } }),
  ],
  ['an answer without a type', new Response(null)],
  [
    'one that is said to be large',
    new Response('{}', { headers: { ...JSON_TYPE, 'content-length': '100000' } }),
  ],
])('%s is not touched', (_, response) => {
  const { body } = response;
  expect(read(response)).toBeUndefined();
  expect(response.body).toBe(body);
});

test.each([
  ['one that turns out to be large', `"${'x'.repeat(70_000)}"`],
  ['what is no JSON', '{"usage":'],
])('%s tells nothing, and stays unread', async (_, text) => {
  const response = new Response(text, { headers: JSON_TYPE });
  expect(await read(response)).toBeUndefined();
  expect(await response.text()).toBe(text);
});

test('an answer whose body was taken already tells nothing', async () => {
  const response = new Response('{}', { headers: JSON_TYPE });
  await response.text();
  expect(await read(response)).toBeUndefined();
});
