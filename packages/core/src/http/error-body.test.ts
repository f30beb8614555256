import { describe, expect, test } from 'vitest';
import { readErrorBody } from './error-body.js';
import vectors from './header-vectors.json' with { type: 'json' };

const read = (body: unknown) => readErrorBody(JSON.stringify(body));

describe('vectors', () => {
  test.each(vectors.bodies)('$provider $status $body.error.code', ({ body }) => {
    const { type, code, message } = body.error;
    expect(read(body)).toEqual({ envelope: true, type, code, message });
  });
});

test.each<[string, unknown, object]>([
  [
    "OpenAI's",
    { error: { message: 'm', type: 't', code: 'c' } },
    { type: 't', code: 'c', message: 'm' },
  ],
  ['one in an array', [{ error: { message: 'm', code: 429 } }], { code: '429', message: 'm' }],
  [
    "Anthropic's",
    { type: 'error', error: { type: 't', message: 'm' } },
    { type: 't', message: 'm' },
  ],
  ['one without a code', { error: { message: 'm', code: null } }, { message: 'm' }],
])('an envelope is %s', (_, body, expected) => {
  expect(read(body)).toEqual({ envelope: true, ...expected });
});

test.each<[unknown, object]>([
  [{ error: { type: 't' } }, { type: 't' }],
  [{ error: { message: 5 } }, { message: '5' }],
  [{ error: 'm' }, { message: 'm' }],
  [
    { code: 'c', error: 'm' },
    { code: 'c', message: 'm' },
  ],
  [
    { code: 1300, message: 'm', type: 't' },
    { code: '1300', message: 'm', type: 't' },
  ],
  [{ error: null, message: 'm' }, { message: 'm' }],
  [{ error: [{ message: 'm' }] }, {}],
  [{ error: { message: '' }, code: 'c' }, { envelope: true }],
  [{ code: '', type: {}, message: [] }, {}],
  [[], {}],
  [[['x']], {}],
  [{}, {}],
  ['text', {}],
  [5, {}],
  [null, {}],
])('%j is no envelope, but what it says is read', (body, expected) => {
  expect(read(body)).toEqual({ envelope: false, ...expected });
});

test('a text that is no JSON, or not all of it, says nothing', () => {
  for (const text of ['', '<html>', '{"error":{"message":"m","type":"t"', 'undefined', '\u0000']) {
    expect(readErrorBody(text)).toEqual({ envelope: false });
  }
  expect(readErrorBody(undefined)).toEqual({ envelope: false });
  expect(readErrorBody(5 as unknown as string)).toEqual({ envelope: false });
});

test('a text above 64 KiB is not read', () => {
  const body = '{"error":{"message":"m"}}';
  expect(readErrorBody(body.padEnd(65_536)).envelope).toBe(true);
  expect(readErrorBody(body.padEnd(65_537)).envelope).toBe(false);
});

test('nothing of it is long or holds control characters', () => {
  const text = `\u001b[31m a\nb${'x'.repeat(999)}`;
  const body = read({ error: { message: text, type: text, code: text } });
  const start = '[31m a b';
  expect(body.message).toBe(start.padEnd(300, 'x'));
  expect(body.type).toBe(start.padEnd(100, 'x'));
  expect(body.code).toBe(start.padEnd(100, 'x'));
});

test('a number beyond all numbers is no code', () => {
  expect(readErrorBody('{"error":{"message":"m","code":1e999}}')).toEqual({
    envelope: true,
    message: 'm',
  });
});

test('a deep text does no harm', () => {
  expect(readErrorBody('['.repeat(60_000)).envelope).toBe(false);
  expect(readErrorBody(`${'['.repeat(30_000)}${']'.repeat(30_000)}`).envelope).toBe(false);
});
