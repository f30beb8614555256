import fc from 'fast-check';
import { expect, test } from 'vitest';
import { genericProfile } from './generic-profile.js';
import type { ProviderProfile } from './profile.js';
import { readStreamError } from './stream-error.js';

const profile: ProviderProfile = {
  ...genericProfile,
  name: 'Test',
  streamErrors: ['error', 'failed', 'throttlingException'],
  rules: [
    { status: 529, code: ['overloaded_error'], kind: 'overloaded', because: 'it is overloaded' },
    { status: 429, code: ['throttlingException'], kind: 'rate-limited', because: 'too much' },
    { status: 500, code: ['api_error'], kind: 'server-error', effect: 'unknown', because: 'x' },
    { status: 429, kind: 'rate-limited', because: 'whole' },
  ],
};
const OVERLOADED = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n';

test('a refusal that is all there is did nothing; after any output the work was done', () => {
  const expected = {
    kind: 'overloaded',
    transient: true,
    code: 'overloaded_error',
    ruleOf: 'Test',
  };
  expect(readStreamError(OVERLOADED, profile, true)).toMatchObject({
    ...expected,
    effect: 'none',
    evidence: 'vouched',
  });
  expect(readStreamError(OVERLOADED, profile)).toMatchObject({
    ...expected,
    effect: 'done',
    evidence: 'answered',
  });
  const broken = 'data: {"error":{"type":"api_error"}}';
  expect(readStreamError(broken, profile, true)?.effect).toBe('unknown');
});

test.each<[string, string, object | undefined]>([
  ['an error member of a chunk', '{"error":{"message":"m"}}', { kind: 'server-error' }],
  ['one in an array', '[{"error":{"message":"m"}}]', { kind: 'server-error' }],
  ['the name of an event', 'event: failed\ndata: {}', { kind: 'server-error' }],
  ['the type in its JSON', 'data: {"type":"failed"}', { kind: 'server-error' }],
  ['its event_type', '{"event_type":"error"}', { kind: 'server-error' }],
  [
    'an exception of AWS',
    '{"throttlingException":{"message":"m"}}',
    { kind: 'rate-limited', concerns: 'key' },
  ],
  ['a choice that ends in an error', 'data: {"choices":[{"finish_reason":"error"}]}', {}],
  ['several lines of data', 'data: {"error":\ndata: {"message":"m"}}', {}],
  ['an event of text', 'data: {"choices":[{"delta":{"content":"error"}}]}', undefined],
  ['an error that is null', 'data: {"error":null,"throttlingException":null}', undefined],
  ['a comment', ': keep-alive', undefined],
  ['a ping', 'event: ping\ndata: {"type":"ping"}', undefined],
  ['the end', 'data: [DONE]', undefined],
  ['a text about an error', 'data: event: error', undefined],
  ['nothing', '', undefined],
])('%s is read', (_, text, failure) => {
  const read = readStreamError(text, profile);
  if (failure === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject({ ...failure, effect: 'done' });
});

test('without a profile the signs that mean the same everywhere are seen', () => {
  const text = 'data: {"error":{"code":"insufficient_quota","message":"m"}}';
  expect(readStreamError(text, undefined, true)).toMatchObject({
    kind: 'quota-exhausted',
    effect: 'none',
  });
});

test('any text is read without throwing', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json().map((json) => `event: error\ndata: ${json}`),
  );
  fc.assert(
    fc.property(texts, fc.boolean(), (text, isFirst) => {
      const failure = readStreamError(text, profile, isFirst);
      expect(failure?.because).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('a rule that asks for more than a code is not met by the code alone', () => {
  const wants = (more: object): ProviderProfile => ({
    ...profile,
    rules: [
      { status: 429, code: ['throttlingException'], ...more, kind: 'invalid', because: 'other' },
      ...profile.rules,
    ],
  });
  const frame = 'data: {"throttlingException":{},"message":"m"}';
  for (const more of [{ message: /day/ }, { headers: { 'retry-after': '*' } }, { keyed: true }]) {
    expect(readStreamError(frame, wants(more), true)?.because).toBe('too much');
  }
  expect(readStreamError(frame, wants({ message: /^m$/ }), true)?.because).toBe('other');
});
