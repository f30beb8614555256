import { type Decision, decide, genericProfile, readStreamError } from '@forbear/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROFILES } from './vectors.test.support.js';

const profiles = [...Object.values(PROFILES), genericProfile];
const rules = profiles.flatMap((profile) => profile.rules);

/** Every word, header and place that any rule looks at, so that rules often meet one another. */
const words = rules.flatMap(({ code = [] }) => code).map((each) => each.replaceAll('*', 'x'));
const headerNames = [
  ...new Set([
    ...rules.flatMap(({ headers = {} }) => Object.keys(headers)),
    ...profiles.map(({ codeIn = '' }) => codeIn),
    ...profiles
      .flatMap(({ limits = [] }) => limits)
      .flatMap(({ headers = '' }) =>
        ['limit', 'remaining', 'reset', 'utilization'].map((field) => headers.replace('*', field)),
      ),
    ...['retry-after', 'retry-after-ms', 'date', 'content-type', 'age', 'x-should-retry'],
  ]),
].filter((name) => name !== '');
const statuses = [...new Set(rules.flatMap(({ status }) => status))];

const word = fc.oneof(fc.constantFrom(...words), fc.string());
const NAMES = [
  ...['error', 'errors', 'code', 'type', 'status', 'message', 'details', 'metadata', 'reason'],
  ...['retry_after', 'retryDelay', 'resets_at', 'extensions', 'cost', 'choices', 'violations'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'availability'],
];
const LONG = [
  'try again in '.repeat(5000),
  `try again in ${'9'.repeat(5000)}s`,
  `try again in ${'1m'.repeat(5000)}!`,
  `Request too large${' '.repeat(5000)}x`,
  'limit: '.repeat(5000),
  '{"error":'.repeat(900),
];
const leaf = fc.oneof(
  word,
  fc.constantFrom(...LONG, '-1', '1e309', 'Infinity'),
  fc.double(),
  fc.constantFrom(0, -1, 1e308, Number.MAX_SAFE_INTEGER, true, false, null),
);
const { body } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 6, depthSize: 'large' },
    leaf,
    fc.array(tie('body'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie('body'), { maxKeys: 6 }),
  ),
}));
const text = fc.oneof(
  body.map((each) => JSON.stringify(each) ?? ''),
  body.map((each) => JSON.stringify({ error: { message: JSON.stringify(each) } })),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '['.repeat(20_000),
    '{"a":'.repeat(9000),
    '\u0000',
    '"',
    '{"__proto__":{"error":1}}',
  ),
);
const headerValue = fc.oneof(
  word,
  fc.constantFrom('0', '-1', '', 'NaN', '1e9', '9'.repeat(400), 'false', 'true', '120ms', '6m0s'),
  fc.integer({ min: 0, max: 2e9 }).map(String),
  fc.string({ unit: 'binary' }),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
);
const facts = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH'),
  status: fc.oneof(fc.constantFrom(...statuses), fc.integer({ min: 100, max: 599 })),
  headers: fc.dictionary(fc.oneof(fc.constantFrom(...headerNames), fc.string()), headerValue),
  body: text,
  attempt: fc.constantFrom(1, 2, Number.NaN),
  elapsedMs: fc.constantFrom(0, 1e12, Number.NaN),
  hasIdempotencyKey: fc.boolean(),
  nowMs: fc.oneof(fc.constant(1_795_392_000_000), fc.double()),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

function expectFinite(decision: Decision): void {
  if (decision.action === 'succeed') return;
  const { closes, told, failure } = decision;
  const waitMs = decision.action === 'retry' ? decision.waitMs : 0;
  for (const ms of [waitMs, told?.ms ?? 0, closes?.jitterMs ?? 0, failure.leastWaitMs ?? 0]) {
    expect(Number.isFinite(ms) && ms >= 0, JSON.stringify(decision)).toBe(true);
  }
  // Only an empty wallet closes for good.
  if (closes?.ms === Number.POSITIVE_INFINITY) expect(failure.kind).toBe('quota-exhausted');
  else expect(closes?.ms ?? 0).toBeGreaterThanOrEqual(0);
  if (decision.action === 'retry') expect(waitMs).toBeLessThanOrEqual(61_000 + 20_000);
  for (const said of [failure.code ?? '', failure.bucket ?? '', ...decision.notes]) {
    expect(said.length).toBeLessThanOrEqual(200);
    expect(said).not.toMatch(/\p{Cc}/u);
  }
}

test('any header and any body gives a finite decision, for every profile', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(...profiles), (given, provider) => {
      expectFinite(decide(given, { provider }));
    }),
    { numRuns: 4000 },
  );
});

test('no event of a stream throws, for any profile', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...profiles), fc.boolean(), (given, provider, isFirst) => {
      const failure = readStreamError(given, provider, isFirst);
      if (failure !== undefined && !isFirst) expect(failure.effect).toBe('done');
    }),
    { numRuns: 2000 },
  );
});

test('what is added to the prototype of objects by a body is nothing', () => {
  for (const provider of profiles) {
    decide(
      { status: 429, body: '{"__proto__":{"error":{"code":"insufficient_quota"}}}' },
      { provider },
    );
  }
  expect(({} as Record<string, unknown>).error).toBeUndefined();
});
