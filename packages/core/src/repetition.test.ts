import { FakeClock, recordEvents } from '@forbear/testing';
import { expect, test, vi } from 'vitest';
import type { CallOptions } from './call.js';
import { execute } from './execute.js';
import { definePolicy, type PolicyOptions } from './policy.js';
import { type Trace, traceOf } from './trace.js';

const named = { method: 'POST', fingerprint: () => 'the same' };

function setUp(options: PolicyOptions = {}) {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, refuseRepeatsMs: 10_000, backoff: () => 0, ...options });
  const events = recordEvents(policy);
  const traces: Trace[] = [];
  const call = <T>(operation: () => T | Promise<T>, more: CallOptions<T> = {}) =>
    execute(operation, policy, { ...named, onSettled: (trace) => traces.push(trace), ...more });
  return { clock, policy, events, traces, call };
}

test('a call that may have been done ends the same again, without an attempt', async () => {
  const { call, events, traces } = setUp();
  const value = { status: 500 };
  const again = vi.fn(() => ({ status: 200 }));
  await call(() => value);
  expect(await call(again)).toBe(value);
  expect(again).not.toHaveBeenCalled();
  expect(traces[1]).toMatchObject({
    outcome: 'give-up',
    reason: 'repetition',
    attempts: [],
    rebuilt: true,
    possibleBills: 0,
  });
  expect(events.at(-2)).toMatchObject({ type: 'layeredRetry', times: 1, refused: true });
  expect(events.at(-1)).toMatchObject({ type: 'give-up', reason: 'repetition' });
  // The value is that of the first call, and so is its trace.
  expect(traceOf(value)?.attempts).toHaveLength(1);
});

test('an error is thrown again, the very same', async () => {
  const { call } = setUp();
  const error = Object.assign(new Error('gone'), { code: 'ECONNRESET' });
  await expect(call(() => Promise.reject(error))).rejects.toBe(error);
  await expect(call(() => 5)).rejects.toBe(error);
  expect(traceOf(error)?.reason).toBe('may-have-been-done');
});

test('an adapter rebuilds the answer, and that of its own trace', async () => {
  const { call } = setUp();
  await call(() => ({ status: 500 }));
  const rebuilt = { status: 500 };
  const rebuild = vi.fn(() => ({ ok: true, value: rebuilt }) as const);
  expect(await call(() => ({ status: 200 }), { rebuild })).toBe(rebuilt);
  expect(rebuild).toHaveBeenCalledWith(
    expect.objectContaining({ failure: expect.objectContaining({ status: 500 }) }),
  );
  expect(traceOf(rebuilt)?.reason).toBe('repetition');
});

test('a rebuild that throws ends the call', async () => {
  const { call } = setUp();
  await call(() => ({ status: 500 }));
  const rebuild = () => {
    throw new Error('cannot');
  };
  await expect(call(() => ({ status: 200 }), { rebuild })).rejects.toThrow('cannot');
});

test.each<[string, CallOptions<object>, number]>([
  ['with another name', { fingerprint: () => 'another' }, 0],
  ['of another key', { key: 'another' }, 0],
  ['that may be done twice', { repeatable: true }, 0],
  ['after that time', {}, 10_001],
])('a call %s is made', async (_, more, waitMs) => {
  const { clock, call } = setUp();
  await call(() => ({ status: 500 }));
  await clock.advance(waitMs);
  expect(await call(() => ({ status: 200 }), more)).toEqual({ status: 200 });
});

test.each<[string, PolicyOptions, CallOptions<object>, number]>([
  ['was refused before the work', { maxRetries: 0 }, {}, 429],
  ['was wrong', {}, {}, 400],
  ['may be done twice', { maxRetries: 0 }, { repeatable: true }, 500],
  ['is idempotent', { maxRetries: 0 }, { method: 'PUT' }, 500],
])('what %s may come again', async (_, options, more, status) => {
  const { clock, call } = setUp(options);
  await call(() => ({ status }), more);
  await clock.advance(2000);
  expect(await call(() => ({ status: 200 }), more)).toEqual({ status: 200 });
});

test('what the server asked not to repeat, and what was aborted on its way, is refused', async () => {
  const { call } = setUp();
  const forbidden = { status: 500, headers: { 'x-should-retry': 'false' } };
  await call(() => forbidden);
  expect(await call(() => ({ status: 200 }))).toBe(forbidden);

  const controller = new AbortController();
  const { signal } = controller;
  const aborted = async () => {
    controller.abort();
    throw signal.reason;
  };
  const other = { fingerprint: () => 'aborted' };
  await expect(call(aborted, { ...other, signal })).rejects.toBe(signal.reason);
  await expect(call(() => ({ status: 200 }), other)).rejects.toBe(signal.reason);
});

test('nothing is refused unless the policy says so', async () => {
  const { call } = setUp({ refuseRepeatsMs: undefined });
  await call(() => ({ status: 500 }));
  expect(await call(() => ({ status: 200 }))).toEqual({ status: 200 });
});
