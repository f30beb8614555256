import { describe, expect, test } from 'vitest';
import {
  forbidsRetry,
  hasMembers,
  headersInBody,
  holdsOutput,
  readErrorBody,
  tellingCode,
  tellsFailure,
} from './error-body.js';
import vectors from './header-vectors.json' with { type: 'json' };

const read = (body: unknown) => readErrorBody(JSON.stringify(body));
const NOTHING = { roots: [], codes: [], message: '' };

describe('vectors', () => {
  test.each(vectors.bodies)('$provider $status: its words and its message are read', ({ body }) => {
    const { codes, message } = read(body);
    const text = JSON.stringify(body);
    for (const [, word] of text.matchAll(
      /"(?:code|type|error_type|error_code|quotaId)":"([^"]+)"/g,
    )) {
      expect(codes).toContain(word);
    }
    expect(message).toBe(/"(?:message|error)":"([^"]+)"/.exec(text)?.[1] ?? '');
  });
});

test.each<[string, unknown, string[], string]>([
  ["OpenAI's", { error: { message: 'm', type: 't', code: 'c' } }, ['c', 't'], 'm'],
  ['one in an array', [{ error: { message: 'm', code: 429 } }], ['429'], 'm'],
  ["Anthropic's", { type: 'error', error: { type: 't', message: 'm' } }, ['t', 'error'], 'm'],
  ['one without a code', { error: { message: 'm', code: null } }, [], 'm'],
  [
    "Anthropic's details",
    { error: { type: 't', message: 'm', details: { error_code: 'spent' } } },
    ['t', 'spent'],
    'm',
  ],
  [
    "Google's details",
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'm',
        details: [{ violations: [{ quotaId: 'PerDay' }] }, { reason: 'R' }, null, 5],
      },
    },
    ['429', 'RESOURCE_EXHAUSTED', 'R', 'PerDay'],
    'm',
  ],
  [
    "OpenRouter's metadata",
    {
      error: {
        code: 402,
        message: 'm',
        metadata: { error_type: 'e', limit_source: 's', reason: 'r' },
      },
    },
    ['402', 'e', 's', 'r'],
    'm',
  ],
  ["xAI's", { code: 'invalid-argument', error: 'm n' }, ['invalid-argument', 'm n'], 'm n'],
  ["Mistral's", { object: 'error', message: 'm', type: 't', code: '1300' }, ['1300', 't'], 'm'],
  ["Slack's", { ok: false, error: 'ratelimited' }, ['ratelimited'], 'ratelimited'],
  [
    "GraphQL's",
    { errors: [{ message: 'm', type: 'RATE_LIMITED', extensions: { code: 'THROTTLED' } }] },
    ['RATE_LIMITED', 'THROTTLED'],
    'm',
  ],
  [
    'a problem of RFC 9457',
    { type: 'https://a.example/p', title: 'm', status: 429 },
    ['https://a.example/p', '429'],
    'm',
  ],
  [
    "one in another's message",
    { error: { code: 429, message: '[{"error":{"code":429,"status":"S","message":"m"}}]' } },
    ['429', 'S'],
    'm',
  ],
])('an error is named as in %s', (_, body, codes, message) => {
  const { roots: __, ...said } = read(body);
  expect(new Set(said.codes)).toEqual(new Set(codes));
  expect(said.codes).toHaveLength(codes.length);
  expect(said.message).toBe(message);
});

test.each<[string[], string | undefined]>([
  [['429', 'RESOURCE_EXHAUSTED'], 'RESOURCE_EXHAUSTED'],
  [['402'], '402'],
  [['not found, sorry', '404'], '404'],
  [['not found, sorry'], undefined],
  [[], undefined],
])('of %j people are told %s', (codes, told) => {
  expect(tellingCode({ roots: [], codes, message: '' })).toBe(told);
});

test('a text that is no JSON, or not all of it, says nothing', () => {
  for (const text of ['', '<html>', '{"error":{"message":"m","type":"t"', 'undefined', '\u0000']) {
    expect(readErrorBody(text)).toEqual(NOTHING);
  }
  for (const body of ['text', 5, null, [], [['x']], true]) expect(read(body)).toEqual(NOTHING);
  expect(readErrorBody(undefined)).toEqual(NOTHING);
  expect(readErrorBody(5 as unknown as string)).toEqual(NOTHING);
});

test('an envelope has all the members that it needs, of its own', () => {
  const has = (body: unknown, ...places: string[]) => hasMembers(read(body), places);
  expect(has({ error: { message: 'm' } }, 'error.message')).toBe(true);
  expect(has([{ error: { message: 'm' } }], 'error.message')).toBe(true);
  expect(has({ error: { message: null } }, 'error.message')).toBe(false);
  expect(has({ error: 'm' }, 'error.message')).toBe(false);
  expect(has({ message: 'm', code: 0 }, 'message', 'code')).toBe(true);
  expect(has({ message: 'm' }, 'message', 'code')).toBe(false);
  expect(has({}, 'constructor', 'toString')).toBe(false);
  expect(readErrorBody('{"__proto__":{"error":{"message":"m"}}}').message).toBe('');
});

test.each<[boolean, unknown]>([
  [true, { error: { message: 'm' } }],
  [true, { ok: false, error: 'ratelimited' }],
  [true, { data: null, errors: [{ message: 'm' }] }],
  [true, { choices: [{ error: { code: 502 } }] }],
  [true, { choices: [{ finish_reason: 'error' }] }],
  [false, { error: null, errors: [], choices: [{ finish_reason: 'stop' }] }],
  [false, { type: 'message', status: 'completed' }],
  [false, [1]],
])('the body of a success tells of a failure: %s for %j', (tells, body) => {
  expect(tellsFailure(read(body))).toBe(tells);
});

test('a body can say that a retry is of no use', () => {
  const says = (retryable: unknown) =>
    forbidsRetry(read({ error: { availability: { retryable } } }));
  expect([says(false), says(true), says(0), says(undefined)]).toEqual([true, false, false, false]);
});

test('the headers that a body repeats are found', () => {
  const headers = { 'X-RateLimit-Reset': '1795392060000' };
  expect(headersInBody(read({ error: { metadata: { headers } } }))).toEqual(headers);
  expect(headersInBody(read({ error: { metadata: { headers: [1] } } }))).toBeUndefined();
});

test('a text above 64 KiB is not read', () => {
  const body = '{"error":{"message":"m"}}';
  expect(readErrorBody(body.padEnd(65_536)).message).toBe('m');
  expect(readErrorBody(body.padEnd(65_537)).message).toBe('');
});

test('nothing of it is long or holds control characters', () => {
  const text = `\u001b[31m a\nb${'x'.repeat(2999)}`;
  const body = read({ error: { message: text, type: text, code: 'c' } });
  const start = '[31m a b';
  expect(body.message).toBe(start.padEnd(2000, 'x'));
  expect(body.codes).toEqual(['c', start.padEnd(100, 'x')]);
});

test('a number beyond all numbers is no code', () => {
  expect(readErrorBody('{"error":{"message":"m","code":1e999}}').codes).toEqual([]);
});

test('a deep text does no harm', () => {
  expect(readErrorBody('['.repeat(60_000))).toEqual(NOTHING);
  expect(readErrorBody(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toEqual(NOTHING);
});

test.each<[unknown, boolean]>([
  [{ error: { message: 'm' } }, false],
  [{ error: { message: 'm' }, choices: [], data: null }, false],
  [{ error: { message: 'm' }, choices: [{}] }, true],
  [{ errors: [{ message: 'm' }], data: { node: 1 } }, true],
  [{ output: [{ type: 'message' }] }, true],
  ['data', false],
])('%j holds output: %s', (body, holds) => {
  expect(holdsOutput(read(body))).toBe(holds);
});

test('a byte order mark before the body hides nothing', () => {
  const text = '\ufeff{"error":{"message":"m","code":"insufficient_quota"}}';
  expect(readErrorBody(text)).toMatchObject({ codes: ['insufficient_quota'], message: 'm' });
});
