import { describe, expect, test, vi } from 'vitest';
import { rememberTrace, type Trace, type Traced, traceOf } from './trace.js';

const trace: Trace = {
  outcome: 'success',
  provider: 'Test',
  key: 'Test #1',
  idempotencyKeyHonoured: false,
  holds: [],
  rebuilt: false,
  attempts: [],
  elapsedMs: 0,
  mayHaveBeenBilled: false,
  possibleBills: 0,
  notes: [],
};
const call: Traced = { trace: () => trace };

describe('the trace of a call is found', () => {
  test('by the very response or error that it handed out', () => {
    for (const given of [new Response(), new Error('m'), {}]) {
      rememberTrace(given, call);
      expect(traceOf(given)).toBe(trace);
    }
  });

  test('by the headers that an SDK’s error shares with the response', () => {
    const response = new Response();
    rememberTrace(response.headers, call);
    expect(traceOf(Object.assign(new Error('429'), { headers: response.headers }))).toBe(trace);
  });

  test('along the causes of an error that wraps it', () => {
    const inner = new Error('inner');
    rememberTrace(inner, call);
    const wrap = (error: Error, times: number): Error =>
      times === 0 ? error : new Error('outer', { cause: wrap(error, times - 1) });
    expect(traceOf(wrap(inner, 1))).toBe(trace);
    expect(traceOf(wrap(inner, 7))).toBe(trace);
    expect(traceOf(wrap(inner, 8))).toBeUndefined();
  });

  test('of the outermost call that is known', () => {
    const inner = new Error('inner');
    rememberTrace(inner, call);
    const outer = new Error('outer', { cause: inner });
    const other: Trace = { ...trace, provider: 'Other' };
    rememberTrace(outer, { trace: () => other });
    expect(traceOf(outer)).toBe(other);
  });
});

test('it is made only when somebody asks', () => {
  const lazy = { trace: vi.fn(() => trace) };
  const given = {};
  rememberTrace(given, lazy);
  expect(lazy.trace).not.toHaveBeenCalled();
  expect([traceOf(given), traceOf(given)]).toEqual([trace, trace]);
});

test.each([undefined, null, 'text', 5, Symbol('s'), {}, new Response(), new Error('m')])(
  '%o that no call handed out has none',
  (value) => {
    expect(traceOf(value)).toBeUndefined();
  },
);

test('a primitive that a call handed out has none', () => {
  for (const value of ['text', 5, undefined, null]) {
    rememberTrace(value, call);
    expect(traceOf(value)).toBeUndefined();
  }
});

test('nothing is added to what was handed out', () => {
  const given = Object.freeze({});
  rememberTrace(given, call);
  expect(Reflect.ownKeys(given)).toEqual([]);
  expect(traceOf(given)).toBe(trace);
});

test('a circle of causes ends', () => {
  const error = new Error('a') as Error & { cause: unknown };
  error.cause = error;
  expect(traceOf(error)).toBeUndefined();
});
