import { describe, expect, test } from 'vitest';
import { RefrainedCalls } from './layered-retry.js';

const TWO_MINUTES = 120_000;

test('what was not refrained from is not recognised', () => {
  const calls = new RefrainedCalls();
  calls.remember('one', 1, 0);
  expect(calls.recognise('other', 0)).toBeUndefined();
});

test('it is empty until something is remembered', () => {
  const calls = new RefrainedCalls();
  expect(calls.isEmpty).toBe(true);
  calls.remember('one', 1, 0);
  expect(calls.isEmpty).toBe(false);
});

test('a repetition names the call and counts the times', () => {
  const calls = new RefrainedCalls();
  calls.remember('one', 7, 0);
  expect(calls.recognise('one', 10)).toEqual({ of: 7, times: 1 });
  expect(calls.recognise('one', 20)).toEqual({ of: 7, times: 2 });
});

test('a series that is refrained from each time keeps the number of its first call', () => {
  const calls = new RefrainedCalls();
  calls.remember('one', 7, 0);
  calls.recognise('one', 10);
  calls.remember('one', 8, 20);
  expect(calls.recognise('one', 30)).toEqual({ of: 7, times: 2 });
});

describe('it is remembered for two minutes', () => {
  test('and recognised in its last moment', () => {
    const calls = new RefrainedCalls();
    calls.remember('one', 1, 1000);
    expect(calls.recognise('one', 1000 + TWO_MINUTES)).toEqual({ of: 1, times: 1 });
  });

  test('and forgotten after it', () => {
    const calls = new RefrainedCalls();
    calls.remember('one', 1, 1000);
    expect(calls.recognise('one', 1001 + TWO_MINUTES)).toBeUndefined();
    expect(calls.isEmpty).toBe(true);
  });

  test('from the last time that it was refrained from', () => {
    const calls = new RefrainedCalls();
    calls.remember('one', 1, 0);
    calls.remember('one', 2, TWO_MINUTES);
    expect(calls.recognise('one', 2 * TWO_MINUTES)).toEqual({ of: 1, times: 1 });
  });

  test('after which the same request begins a new series', () => {
    const calls = new RefrainedCalls();
    calls.remember('one', 1, 0);
    calls.recognise('one', 1);
    calls.remember('one', 9, 2 * TWO_MINUTES);
    expect(calls.recognise('one', 2 * TWO_MINUTES)).toEqual({ of: 9, times: 1 });
  });
});

test('only the latest hundred are remembered', () => {
  const calls = new RefrainedCalls();
  for (let call = 1; call <= 101; call++) calls.remember(`request ${call}`, call, 0);
  expect(calls.recognise('request 1', 0)).toBeUndefined();
  expect(calls.recognise('request 2', 0)).toBeDefined();
  expect(calls.recognise('request 101', 0)).toBeDefined();
});

test('what is refrained from again counts among the latest', () => {
  const calls = new RefrainedCalls();
  for (let call = 1; call <= 100; call++) calls.remember(`request ${call}`, call, 0);
  calls.remember('request 1', 101, 0);
  calls.remember('another', 102, 0);
  expect(calls.recognise('request 1', 0)).toEqual({ of: 1, times: 1 });
  expect(calls.recognise('request 2', 0)).toBeUndefined();
});

describe('where repetitions are refused', () => {
  const failure = {
    kind: 'server-error',
    effect: 'unknown',
    evidence: 'unproven',
    transient: true,
    concerns: 'call',
    because: 'it failed',
  } as const;
  const refusal = { failure, headers: {}, body: '', outcome: { ok: true, value: 1 } } as const;

  test('they are told what to be refused with, until that time is over', () => {
    const calls = new RefrainedCalls(5000);
    calls.remember('one', 1, 0, refusal);
    expect(calls.recognise('one', 5000)).toEqual({ of: 1, times: 1, refusal });
    expect(calls.recognise('one', 5001)).toEqual({ of: 1, times: 2 });
  });

  test('for longer than two minutes too', () => {
    const calls = new RefrainedCalls(10 * TWO_MINUTES);
    calls.remember('one', 1, 0, refusal);
    expect(calls.recognise('one', 10 * TWO_MINUTES)).toEqual({ of: 1, times: 1, refusal });
    expect(calls.recognise('one', 10 * TWO_MINUTES + 1)).toBeUndefined();
  });

  test('the latest thousand are remembered', () => {
    const calls = new RefrainedCalls(5000);
    for (let call = 1; call <= 1001; call++) calls.remember(`request ${call}`, call, 0, refusal);
    expect(calls.recognise('request 1', 0)).toBeUndefined();
    expect(calls.recognise('request 2', 0)).toMatchObject({ refusal });
  });
});
