import { FakeClock, recordEvents } from '@forbear/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { execute } from './execute.js';
import { attemptsInTest, isEnabled, setEnabled, setTestMode, type TestMode } from './mode.js';
import { InvalidOptionsError } from './options.js';
import { definePolicy, type PolicyOptions } from './policy.js';
import { type Trace, traceOf } from './trace.js';

function setUp(options: PolicyOptions = {}) {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, random: () => 0, ...options });
  return { clock, policy, events: recordEvents(policy) };
}

const limited = () => ({ status: 429, headers: { 'retry-after': '30' } });

afterEach(() => {
  setEnabled(true);
  setTestMode(false);
});

describe('switched off', () => {
  test('a call is made once and given as it is, without events, trace or gate', async () => {
    const { clock, policy, events } = setUp();
    setEnabled(false);
    const answer = limited();
    const operation = vi.fn(() => answer);
    const settled = vi.fn();
    expect(await execute(operation, policy, { method: 'GET', onSettled: settled })).toBe(answer);
    expect(operation).toHaveBeenCalledTimes(1);
    expect(events).toEqual([]);
    expect(settled).not.toHaveBeenCalled();
    expect(traceOf(answer)).toBeUndefined();
    expect(policy.gates.snapshot()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('an error is thrown as it is', async () => {
    setEnabled(false);
    const error = new Error('mine');
    await expect(execute(() => Promise.reject(error), setUp().policy)).rejects.toBe(error);
  });

  test('the operation gets the signal of the caller, and no time limit', async () => {
    setEnabled(false);
    const { signal } = new AbortController();
    const { clock, policy } = setUp({ deadlineMs: 1000, attemptTimeoutMs: 10 });
    const operation = vi.fn(() => 'ok');
    await execute(operation, policy, { signal });
    expect(operation).toHaveBeenCalledWith({ number: 1, signal });
    expect(clock.timers).toBe(0);
  });

  test('a closed gate lets it pass, and switched on again it holds', async () => {
    const { clock, policy } = setUp({ maxRetries: 0 });
    await execute(limited, policy);
    setEnabled(false);
    expect(await execute(() => 'bare', policy)).toBe('bare');
    setEnabled(true);
    const held = execute(() => 'held', policy);
    expect(policy.gates.snapshot()).toMatchObject([{ state: 'closed' }]);
    expect(await clock.run(held)).toBe('held');
    expect(clock.monotonic()).toBe(30_000);
  });

  test('it says whether it is on', () => {
    expect(isEnabled()).toBe(true);
    setEnabled(false);
    expect(isEnabled()).toBe(false);
  });

  test.each([1, 'false', null])('%j is neither on nor off', (value) => {
    expect(() => setEnabled(value as unknown as boolean)).toThrow(InvalidOptionsError);
    expect(isEnabled()).toBe(true);
  });
});

describe('in test mode', () => {
  test('a call makes one attempt unless more are wanted', async () => {
    const { policy } = setUp();
    setTestMode({});
    const operation = vi.fn(limited);
    const got = await execute(operation, policy, { method: 'GET' });
    expect(operation).toHaveBeenCalledTimes(1);
    expect(traceOf(got)).toMatchObject({ outcome: 'give-up', reason: 'max-retries' });
  });

  test('it makes so many attempts at most, and waits for none of them', async () => {
    const { clock, policy, events } = setUp();
    setTestMode({ attempts: 3 });
    const operation = vi.fn(limited);
    const got = await execute(operation, policy, { method: 'GET' });
    expect(operation).toHaveBeenCalledTimes(3);
    expect(clock.monotonic()).toBe(0);
    expect(events.filter(({ type }) => type === 'waiting')).toHaveLength(2);
    expect((traceOf(got) as Trace).attempts.map(({ waitMs }) => waitMs)).toEqual([0, 0, undefined]);
  });

  test('maxRetries still holds where it is smaller', async () => {
    setTestMode({ attempts: 9 });
    const operation = vi.fn(() => ({ status: 500 }));
    await execute(operation, setUp().policy, { method: 'GET', maxRetries: 1 });
    expect(operation).toHaveBeenCalledTimes(2);
  });

  test('what may have been done is not repeated here either', async () => {
    setTestMode({ attempts: 5 });
    const operation = vi.fn(() => ({ status: 500 }));
    await execute(operation, setUp().policy, { method: 'POST' });
    expect(operation).toHaveBeenCalledTimes(1);
  });

  test('no gate is closed, holds or refuses', async () => {
    const { policy } = setUp({ maxRetries: 0 });
    await execute(limited, policy);
    setTestMode({});
    expect(await execute(() => 'at once', policy)).toBe('at once');
    const other = setUp();
    await execute(limited, other.policy);
    expect(other.policy.gates.snapshot()).toMatchObject([{ state: 'open' }]);
  });

  test('no budget is asked or spent', async () => {
    const { policy } = setUp({ retryBudget: { max: 5, perCall: 0, perSecond: 0 } });
    setTestMode({ attempts: 20 });
    const operation = vi.fn(() => ({ status: 500 }));
    await execute(operation, policy, { method: 'GET', maxRetries: 30 });
    expect(operation).toHaveBeenCalledTimes(20);
    expect(policy.gates.snapshot()).toMatchObject([{ retriesAllowed: 5 }]);
  });

  test('false ends it', () => {
    setTestMode({ attempts: 4 });
    expect(attemptsInTest()).toBe(4);
    setTestMode(false);
    expect(attemptsInTest()).toBeUndefined();
  });

  test.each([
    [{ attempts: 0 }],
    [{ attempts: 1.5 }],
    [{ attempts: '2' }],
    [{ tries: 2 }],
    [null],
    [true],
  ])('%j is not a mode', (mode) => {
    expect(() => setTestMode(mode as unknown as TestMode)).toThrow(InvalidOptionsError);
    expect(attemptsInTest()).toBeUndefined();
  });
});

test('what is neither on nor off does not switch Forbear off', () => {
  expect(() => setEnabled(undefined as unknown as boolean)).toThrow();
  expect(isEnabled()).toBe(true);
});
