import { describe, expect, test } from 'vitest';
import { classify, isSuccess } from './classify.js';
import type { Facts } from './facts.js';
import type { Failure } from './failure.js';
import { genericProfile } from './generic-profile.js';
import type { ProfileRule, ProviderProfile } from './profile.js';

function profile(...rules: ProfileRule[]): ProviderProfile {
  return { ...genericProfile, name: 'Test', rules };
}

function envelope(error: object): string {
  return JSON.stringify({ error: { message: 'm', ...error } });
}

const coded = (code: string, syscall?: string) =>
  Object.assign(new Error(code), { code }, syscall === undefined ? {} : { syscall });

const refused = coded('ECONNREFUSED', 'connect');
const reset = coded('ECONNRESET', 'read');
const refusedStream = coded('ERR_HTTP2_STREAM_ERROR');
refusedStream.message = 'Stream closed with error code NGHTTP2_REFUSED_STREAM';

test.each<[Facts, boolean]>([
  [{}, true],
  [{ status: 200 }, true],
  [{ status: 399 }, true],
  [{ status: 400 }, false],
  [{ status: 200, error: 'broke' }, false],
  [{ status: 200, timedOut: true }, false],
  [{ status: 200, aborted: true }, true],
  [{ status: 400, aborted: true }, false],
  [{ aborted: true }, false],
  [{ timedOut: true }, false],
  [{ error: null }, false],
])('%j is a success: %s', (facts, success) => {
  expect(isSuccess(facts)).toBe(success);
});

describe('an answer, by the status tables', () => {
  test.each<[number, Partial<Failure>]>([
    [400, { kind: 'invalid', effect: 'none', evidence: 'rejected', transient: false }],
    [401, { kind: 'auth', effect: 'none', evidence: 'rejected', transient: false }],
    [402, { kind: 'quota-exhausted', effect: 'none', transient: false }],
    [403, { kind: 'auth', effect: 'none', transient: false }],
    [407, { kind: 'auth', effect: 'none', transient: false }],
    [408, { kind: 'timeout', effect: 'unknown', evidence: 'unproven', transient: true }],
    [413, { kind: 'never-fits', effect: 'none', evidence: 'rejected', transient: false }],
    [414, { kind: 'never-fits', effect: 'none', transient: false }],
    [421, { kind: 'network', effect: 'none', evidence: 'refused', transient: true }],
    [424, { kind: 'server-error', effect: 'unknown', evidence: 'unproven', transient: true }],
    [425, { kind: 'overloaded', effect: 'none', evidence: 'refused', transient: true }],
    [429, { kind: 'rate-limited', effect: 'none', evidence: 'refused', transient: true }],
    [499, { kind: 'network', effect: 'unknown', evidence: 'unproven', transient: true }],
    [500, { kind: 'server-error', effect: 'unknown', evidence: 'unproven', transient: true }],
    [501, { kind: 'server-error', effect: 'unknown', transient: false }],
    [503, { kind: 'overloaded', effect: 'unknown', evidence: 'unproven', transient: true }],
    [511, { kind: 'auth', effect: 'none', transient: false }],
    [529, { kind: 'overloaded', effect: 'unknown', evidence: 'unproven', transient: true }],
  ])('%i means %j', (status, meaning) => {
    expect(classify({ status })).toMatchObject({ ...meaning, status });
  });

  test.each([413, 503, 529])('%i with Retry-After was refused for now', (status) => {
    const refusal = { kind: 'overloaded', effect: 'none', evidence: 'refused', transient: true };
    expect(classify({ status }, genericProfile, true)).toMatchObject(refusal);
  });

  test.each([408, 500, 502, 504])(
    '%i with Retry-After may have been done all the same',
    (status) => {
      expect(classify({ status }, genericProfile, true).effect).toBe('unknown');
    },
  );

  test('the code of the body is told, or else its type', () => {
    const told = (error: object) => classify({ status: 500, body: envelope(error) }).code;
    expect(told({ code: 'c', type: 't' })).toBe('c');
    expect(told({ type: 't' })).toBe('t');
    expect(told({})).toBeUndefined();
  });

  test.each([402, 403, 429])('%i with a code of an empty wallet is one at every API', (status) => {
    for (const field of ['code', 'type']) {
      const body = envelope({ [field]: 'insufficient_quota' });
      expect(classify({ status, body }, profile())).toMatchObject({
        kind: 'quota-exhausted',
        transient: false,
        evidence: 'rejected',
      });
    }
  });

  test('the same code elsewhere, or another code there, is none', () => {
    const body = envelope({ code: 'insufficient_quota' });
    expect(classify({ status: 500, body }).kind).toBe('server-error');
    const other = envelope({ code: 'rate_limit_exceeded' });
    expect(classify({ status: 429, body: other }).kind).toBe('rate-limited');
    const text = 'You have insufficient_quota';
    expect(classify({ status: 429, body: text }).kind).toBe('rate-limited');
  });
});

describe('an answer, by the rules of a profile', () => {
  const because = 'the page says so';

  test('the first rule that matches holds, before the tables', () => {
    const own = profile(
      { status: 500, code: ['a'], kind: 'invalid', because: 'first' },
      { status: 500, kind: 'overloaded', because: 'second' },
      { status: 500, kind: 'auth', because: 'third' },
    );
    const at = (body?: string) =>
      classify({ status: 500, ...(body !== undefined && { body }) }, own).because;
    expect(at(envelope({ code: 'a' }))).toBe('first');
    expect(at(envelope({ code: 'b' }))).toBe('second');
    expect(at()).toBe('second');
    expect(classify({ status: 502 }, own).kind).toBe('server-error');
  });

  test('a rule for a code goes before the signs of an empty wallet', () => {
    const code = ['insufficient_quota'];
    const own = profile({ status: 429, code, kind: 'rate-limited', because });
    const body = envelope({ code: 'insufficient_quota' });
    expect(classify({ status: 429, body }, own).kind).toBe('rate-limited');
  });

  test('a rule for an envelope or a code needs it', () => {
    const needs = (rule: Partial<ProfileRule>) => (body: string) =>
      classify(
        { status: 503, body },
        profile({ status: 503, kind: 'overloaded', because, ...rule }),
      ).because === because;
    const byEnvelope = needs({ envelope: true });
    expect(byEnvelope(envelope({}))).toBe(true);
    expect(byEnvelope('{"error":"m"}')).toBe(false);
    expect(byEnvelope('<html>503</html>')).toBe(false);
    expect(byEnvelope('')).toBe(false);
    const byBoth = needs({ envelope: true, code: ['u'] });
    expect(byBoth(envelope({ type: 'u', code: 'c' }))).toBe(true);
    expect(byBoth(envelope({ type: 'u' }))).toBe(true);
    expect(byBoth(envelope({ code: 'c' }))).toBe(false);
    expect(byBoth('{"type":"u"}')).toBe(false);
    expect(byBoth(envelope({ type: 'U' }))).toBe(true);
  });

  test.each<[Partial<ProfileRule>, Partial<Failure>]>([
    [{ kind: 'overloaded' }, { effect: 'none', evidence: 'vouched', transient: true }],
    [{ kind: 'rate-limited' }, { effect: 'none', evidence: 'refused', transient: true }],
    [{ kind: 'invalid' }, { effect: 'none', evidence: 'rejected', transient: false }],
    [
      { kind: 'auth', transient: true },
      { evidence: 'vouched', transient: true },
    ],
    [
      { kind: 'overloaded', transient: false },
      { evidence: 'rejected', transient: false },
    ],
    [
      { kind: 'server-error', effect: 'unknown' },
      { effect: 'unknown', evidence: 'unproven' },
    ],
    [
      { kind: 'network', effect: 'done' },
      { effect: 'done', evidence: 'answered' },
    ],
    [
      { kind: 'rate-limited', effect: 'unknown' },
      { effect: 'unknown', evidence: 'unproven' },
    ],
  ])('a rule %j means %j', (rule, meaning) => {
    const own = profile({ status: 500, kind: 'unknown', because, ...rule });
    expect(classify({ status: 500 }, own)).toMatchObject({ ...meaning, because });
  });
});

describe('no answer', () => {
  test.each<[string, Facts, Partial<Failure>]>([
    [
      'a connection that was refused',
      { error: refused },
      { kind: 'network', effect: 'none', evidence: 'not-sent', code: 'ECONNREFUSED' },
    ],
    [
      'the same after something was sent',
      { error: refused, sent: 'yes' },
      { effect: 'unknown', evidence: 'sent' },
    ],
    ['a reset', { error: reset }, { kind: 'network', effect: 'unknown', evidence: 'unproven' }],
    [
      'a reset after the request left',
      { error: reset, sent: 'yes' },
      { effect: 'unknown', evidence: 'sent' },
    ],
    [
      'a reset before it left',
      { error: reset, sent: 'no' },
      { effect: 'none', evidence: 'not-sent' },
    ],
    [
      'a refused stream, though it was sent',
      { error: refusedStream, sent: 'yes' },
      { effect: 'none', evidence: 'refused-stream', transient: true },
    ],
    [
      'a timeout of the system',
      { error: coded('ETIMEDOUT') },
      { kind: 'timeout', effect: 'unknown', transient: true },
    ],
    [
      'a limit of ours',
      { timedOut: true },
      { kind: 'timeout', effect: 'unknown', transient: true },
    ],
    ['an abort', { aborted: true, error: reset }, { kind: 'aborted', transient: false }],
    ['an abort and a limit at once', { aborted: true, timedOut: true }, { kind: 'aborted' }],
    [
      'an AbortError',
      { error: new DOMException('m', 'AbortError') },
      { kind: 'aborted', transient: false },
    ],
    [
      'a mistake in a URL',
      { error: coded('ERR_INVALID_URL') },
      { kind: 'invalid', effect: 'none', transient: false },
    ],
    [
      'a mistake in the program',
      { error: new ReferenceError('x is not defined') },
      { kind: 'invalid', effect: 'unknown', transient: false },
    ],
    [
      'an error of some library',
      { error: new Error('odd') },
      { kind: 'unknown', effect: 'unknown', transient: true },
    ],
    ['a thrown text', { error: 'text' }, { kind: 'unknown', effect: 'unknown' }],
  ])('%s', (_, facts, failure) => {
    expect(classify(facts)).toMatchObject(failure);
    expect(classify(facts).status).toBeUndefined();
  });

  test('an answer that broke after it began was done', () => {
    for (const broken of [{ error: reset }, { timedOut: true }, { error: refused, sent: 'no' }]) {
      expect(classify({ status: 200, ...broken } as Facts)).toMatchObject({
        kind: 'network',
        effect: 'done',
        evidence: 'answered',
        status: 200,
      });
    }
  });
});

test('a refusal that is dressed as a success did nothing, unless some output stands beside it', () => {
  const refusal = profile({ status: 200, code: ['429'], kind: 'rate-limited', because: 'x' });
  const error = { code: 429, message: 'm' };
  const effectOf = (body: object) =>
    classify({ status: 200, body: JSON.stringify(body) }, refusal).effect;
  expect(effectOf({ error })).toBe('none');
  expect(effectOf({ error, choices: [] })).toBe('none');
  expect(effectOf({ error, choices: [{ message: { content: 'Once' } }] })).toBe('unknown');
});
