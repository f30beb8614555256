import { FakeClock } from '@forbear/testing';
import { expect, test, vi } from 'vitest';
import { startTimeLimit } from './time-limit.js';

const never = () => new Promise<never>(() => {});

test('when it runs out its signal aborts with a TimeoutError that names the option', async () => {
  const clock = new FakeClock();
  const limit = startTimeLimit(clock, 1000, 'attemptTimeoutMs', undefined);
  await clock.advance(999);
  expect([limit.expired(), limit.signal.aborted]).toEqual([false, false]);
  await clock.advance(1);
  expect([limit.expired(), limit.signal.aborted]).toEqual([true, true]);
  const { reason } = limit.signal;
  expect(reason).toBeInstanceOf(DOMException);
  expect(reason).toMatchObject({ name: 'TimeoutError', message: 'attemptTimeoutMs ran out' });
});

test('a race is lost with the reason of the signal, at once', async () => {
  const clock = new FakeClock();
  const limit = startTimeLimit(clock, 1000, 'deadlineMs', undefined);
  const caught = limit.race(never(), () => {}).catch((error) => error);
  await clock.advance(1000);
  expect(await caught).toBe(limit.signal.reason);
});

test('a race that is won gives its value, or its error', async () => {
  const clock = new FakeClock();
  const limit = startTimeLimit(clock, 1000, 'deadlineMs', undefined);
  const discard = vi.fn();
  expect(await limit.race(Promise.resolve('won'), discard)).toBe('won');
  await expect(limit.race(Promise.reject('lost'), discard)).rejects.toBe('lost');
  expect(discard).not.toHaveBeenCalled();
});

test('a value that comes too late is discarded, an error that comes too late is dropped', async () => {
  const clock = new FakeClock();
  const limit = startTimeLimit(clock, 1000, 'deadlineMs', undefined);
  const discard = vi.fn();
  const good = new Promise((resolve) => clock.setTimer(() => resolve('late'), 2000));
  const bad = new Promise((_, reject) => clock.setTimer(() => reject(new Error('late')), 2000));
  const races = [good, bad].map((each) => limit.race(each, discard).catch(() => {}));
  await clock.advance(5000);
  await Promise.all(races);
  expect(discard.mock.calls).toEqual([['late']]);
});

test('an abort of the caller aborts the signal with the reason itself, and is no expiry', () => {
  const clock = new FakeClock();
  const caller = new AbortController();
  const limit = startTimeLimit(clock, 1000, 'deadlineMs', caller.signal);
  const reason = { mine: true };
  caller.abort(reason);
  expect(limit.signal.reason).toBe(reason);
  expect(limit.expired()).toBe(false);
});

test('a signal that was aborted before it starts is aborted from the start', () => {
  const limit = startTimeLimit(new FakeClock(), 1000, 'deadlineMs', AbortSignal.abort('before'));
  expect(limit.signal.reason).toBe('before');
});

test('once it is stopped it never runs out, its timer is gone, and the caller stays linked', async () => {
  const clock = new FakeClock();
  const caller = new AbortController();
  const limit = startTimeLimit(clock, 1000, 'deadlineMs', caller.signal);
  limit.stop();
  expect(clock.timers).toBe(0);
  await clock.advance(5000);
  expect(limit.expired()).toBe(false);
  caller.abort('still linked');
  expect(limit.signal.reason).toBe('still linked');
});

test.each([0, -5])('a limit of %i ms runs out with the next timer', async (ms) => {
  const clock = new FakeClock();
  const limit = startTimeLimit(clock, ms, 'deadlineMs', null);
  await clock.advance(0);
  expect(limit.expired()).toBe(true);
});
