import { describe, expect, test } from 'vitest';
import { LONGEST_WAIT_MS } from './duration.js';
import vectors from './header-vectors.json' with { type: 'json' };
import { readRetryAfter } from './retry-after.js';

const NOW = vectors.nowMs;
const read = (headers: Record<string, unknown>) => readRetryAfter(headers, NOW);

describe('vectors', () => {
  test.each(vectors.retryAfter)('$header: $value', ({ header, value, waitMs, doNotRetry }) => {
    const told = read({ [header]: value });
    expect(told?.waitMs ?? null).toBe(waitMs);
    expect(told?.source).toBe(waitMs === null ? undefined : header);
    expect(told?.doNotRetry).toBe(doNotRetry);
  });
});

test('without any of the headers there is nothing', () => {
  expect(read({ date: 'Mon, 23 Nov 2026 00:00:00 GMT' })).toBeUndefined();
  expect(readRetryAfter(undefined, NOW)).toBeUndefined();
});

test('the first valid one holds, in the order of trust', () => {
  const headers: Record<string, string> = {
    'grpc-retry-pushback-ms': '5',
    'x-amz-retry-after': '4',
    'retry-after': '3',
    'x-ms-retry-after-ms': '2',
    'retry-after-ms': '1',
  };
  const order = [];
  for (let told = read(headers); told !== undefined; told = read(headers)) {
    order.push([told.source, told.waitMs]);
    delete headers[told.source ?? ''];
  }
  expect(order).toEqual([
    ['retry-after-ms', 1],
    ['x-ms-retry-after-ms', 2],
    ['retry-after', 3_000],
    ['x-amz-retry-after', 4],
    ['grpc-retry-pushback-ms', 5],
  ]);
});

test.each(['soon', '-5', '1e9', '', 'NaN', '0x10', '1,5', '5;6', '30s', '2026-11-23T00:00:05Z'])(
  'the malformed value %j is noted and the next header tried',
  (value) => {
    expect(read({ 'retry-after': value, 'x-amz-retry-after': '7' })).toEqual({
      waitMs: 7,
      source: 'x-amz-retry-after',
      malformed: [`retry-after: ${value}`.trimEnd().padEnd('retry-after: '.length)],
    });
  },
);

test('several malformed headers are all noted', () => {
  expect(read({ 'retry-after': 'soon', 'retry-after-ms': 'later' })).toEqual({
    malformed: ['retry-after-ms: later', 'retry-after: soon'],
  });
});

test('a malformed value is noted on one line of at most 64 characters', () => {
  expect(read({ 'retry-after': `so\u0000on\u001b ${'x'.repeat(99)}` })?.malformed).toEqual([
    `retry-after: soon ${'x'.repeat(59)}`,
  ]);
});

test('a date in a header of milliseconds is malformed', () => {
  const date = 'Mon, 23 Nov 2026 00:00:05 GMT';
  expect(read({ 'retry-after-ms': date })).toEqual({ malformed: [`retry-after-ms: ${date}`] });
});

test.each([
  ['5, 10', 10_000],
  ['10, 5', 10_000],
  ['5,  10, 0.5', 10_000],
  ['Mon, 23 Nov 2026 00:00:05 GMT, 120', 120_000],
  ['3, Mon, 23 Nov 2026 00:00:05 GMT', 5_000],
  ['Monday, 23-Nov-26 00:00:05 GMT, Mon, 23 Nov 2026 00:00:04 GMT', 5_000],
])('of the joined values %s the longest holds', (value, waitMs) => {
  expect(read({ 'retry-after': value })?.waitMs).toBe(waitMs);
});

test('joined values come as an array too', () => {
  expect(read({ 'retry-after': ['5', 10] })?.waitMs).toBe(10_000);
});

test.each(['5, soon', 'soon, 5', '5, ', 'Mon, 5'])(
  'one malformed value spoils the joined ones: %j',
  (value) => {
    expect(read({ 'retry-after': value })?.waitMs).toBeUndefined();
  },
);

test('a date is measured against the Date of the answer', () => {
  const headers = {
    date: 'Mon, 23 Nov 2026 12:00:00 GMT',
    'retry-after': 'Mon, 23 Nov 2026 12:00:09 GMT',
  };
  expect(read(headers)?.waitMs).toBe(9_000);
  expect(read({ ...headers, date: 'noon' })?.waitMs).toBe(12 * 3_600_000 + 9_000);
});

test('seconds are counted from the answer, whatever its Date is', () => {
  expect(read({ date: 'Mon, 23 Nov 2026 12:00:00 GMT', 'retry-after': '9' })?.waitMs).toBe(9_000);
});

test('a wait beyond all bounds is finite', () => {
  expect(read({ 'retry-after': '9'.repeat(5_000) })?.waitMs).toBe(LONGEST_WAIT_MS);
});

test.each([
  ['-1', []],
  ['abc', ['grpc-retry-pushback-ms: abc']],
  ['a-5', ['grpc-retry-pushback-ms: a-5']],
  ['-5a', ['grpc-retry-pushback-ms: -5a']],
  ['1.5', ['grpc-retry-pushback-ms: 1.5']],
  ['', ['grpc-retry-pushback-ms: ']],
  ['5, 6', ['grpc-retry-pushback-ms: 5, 6']],
])('the pushback %j asks for no retry, whatever else is told', (value, malformed) => {
  expect(read({ 'grpc-retry-pushback-ms': value, 'retry-after': '3' })).toEqual({
    waitMs: 3_000,
    source: 'retry-after',
    doNotRetry: true,
    malformed,
  });
});

test('a header that names no wait leaves the word to one that does', () => {
  const headers = { 'retry-after-ms': '0', 'retry-after': '30' };
  expect(readRetryAfter(headers, 0)).toMatchObject({ waitMs: 30_000, source: 'retry-after' });
  expect(readRetryAfter({ 'retry-after': '0' }, 0)).toMatchObject({ waitMs: 0 });
});
