import { genericProfile, type PolicyEvent } from '@forbear/core';
import { describe, expect, test, vi } from 'vitest';
import { OK, setUp, told } from './rig.test.support.js';

const kinds = (events: readonly PolicyEvent[]) => events.map(({ type }) => type);

describe('concurrency', () => {
  test('starts with twenty, grows by one with each answer, and is told at every change', async () => {
    const { callAll, order, events, key } = setUp();
    const made = callAll('x'.repeat(50));
    expect(order).toHaveLength(20);
    await made[0]?.answer(OK);
    expect(order).toHaveLength(22);
    expect(key()?.maxConcurrent).toBe(21);
    expect(events.filter(({ type }) => type === 'pace')).toMatchObject([
      { maxConcurrent: 21, was: 20, because: 'answered' },
    ]);
  });

  test.each([10, 'auto'] as const)(
    'of %s keeps a share for interactive calls, once there was one',
    async (maxConcurrent) => {
      const { call, callAll, settle, key } = setUp({ maxConcurrent, interactiveShare: 0.2 });
      const first = call('', { priority: 'interactive' });
      await settle();
      await first.fail(new Error('no answer'));
      const most = key()?.maxConcurrent ?? 0;
      callAll('b'.repeat(30), { priority: 'batch' });
      await settle();
      expect(key()?.inFlight).toBe(most * 0.8);
      callAll('i'.repeat(30), { priority: 'interactive' });
      await settle();
      expect(key()?.inFlight).toBe(most);
    },
  );

  test('is halved once for each episode of throttling, however many are refused', async () => {
    const { clock, callAll, events, key } = setUp({}, { maxRetries: 0 });
    const made = callAll('x'.repeat(20));
    for (const each of made.slice(0, 12)) await each.answer({ status: 429 });
    expect(key()?.maxConcurrent).toBe(10);
    await clock.advance(5000);
    const [next] = callAll('y');
    await next?.answer({ status: 429 });
    const halvings = events.filter(
      (event) => event.type === 'pace' && event.because === 'throttled',
    );
    expect(halvings).toMatchObject([{ was: 20, maxConcurrent: 10 }, { was: 10 }]);
  });

  test('halves what was made use of, not what would have been allowed', async () => {
    const { clock, callAll, key } = setUp({}, { maxRetries: 0 });
    const made = callAll('x'.repeat(20));
    for (const each of made.slice(1)) await each.fail(new Error('no answer'));
    await made[0]?.answer({ status: 429 });
    expect(key()?.maxConcurrent).toBe(10);
    await clock.advance(5000);
    await callAll('yyyy')[0]?.answer({ status: 429 });
    expect(key()?.maxConcurrent).toBe(2);
  });

  test('grows by one with each round of answers once the server has throttled', async () => {
    const { clock, callAll, key } = setUp({}, { maxRetries: 0 });
    const made = callAll('x'.repeat(20));
    await made[0]?.answer({ status: 503, headers: { 'retry-after': '1' } });
    for (const each of made.slice(1)) await each.answer(OK);
    expect(key()?.maxConcurrent).toBe(11);
    await clock.advance(10_000);
    for (let rounds = 0; rounds < 2; rounds++) {
      const round = callAll('y'.repeat(11));
      await clock.advance(10_000);
      for (const each of round) await each.answer(OK);
    }
    expect(key()?.maxConcurrent).toBe(12);
  });

  test('is back soon where it was when a limit was used up that the server told of', async () => {
    const { clock, callAll, key } = setUp({}, { maxRetries: 0 });
    const made = callAll('x'.repeat(20));
    await made[0]?.answer({ status: 429, headers: { ...told(60, 0, 1), 'retry-after': '1' } });
    expect(key()?.maxConcurrent).toBe(10);
    for (const each of made.slice(1)) await each.answer({ ...OK, headers: told(60, 30, 60) });
    expect(key()?.maxConcurrent).toBeGreaterThanOrEqual(18);
    await clock.advance(0);
  });

  test('follows the first advice, and after that what the server does', async () => {
    const provider = { ...genericProfile, inFlightShare: 1 / 60 };
    const { clock, callAll, key } = setUp({}, { provider });
    await callAll('a')[0]?.answer({ ...OK, headers: told(600, 599, 60) });
    await clock.advance(1000);
    await callAll('b')[0]?.answer({ ...OK, headers: told(6000, 5998, 60) });
    expect(key()?.maxConcurrent).toBe(10);
  });

  test('is not less for a permit that is given back twice', () => {
    const { limiter, policy, clock } = setUp({ maxConcurrent: 2 });
    const { gate } = policy.gates.of('k');
    const { events } = policy;
    const context = { key: 'k', label: 'k', gate, clock, events, profile: genericProfile };
    const lane = limiter.laneOf(context);
    const applicant = {
      number: 1,
      limitAtMs: Number.POSITIVE_INFINITY,
      signal: undefined,
      isRetry: false,
      keepsPlace: false,
      maxHoldMs: 1000,
      call: {},
      onQueued: undefined,
      tell: vi.fn(),
    };
    const said = lane.enter(applicant);
    if (said?.kind !== 'admitted') throw new Error('it was not let go');
    lane.leave(said.lanePermit, {});
    lane.leave(said.lanePermit, {});
    expect(limiter.snapshot()).toMatchObject([{ inFlight: 0 }]);
    expect(applicant.tell).not.toHaveBeenCalled();
  });

  test('does not grow where nobody makes use of it', async () => {
    const { call, key } = setUp();
    for (let count = 0; count < 30; count++) await call('a').answer(OK);
    expect(key()?.maxConcurrent).toBe(20);
  });

  test('begins with what the provider advises, once the limit is known', async () => {
    const provider = { ...genericProfile, inFlightShare: 1 / 60 };
    const { callAll, events, key } = setUp({}, { provider });
    await callAll('a')[0]?.answer({ ...OK, headers: told(600, 599, 60) });
    expect(key()?.maxConcurrent).toBe(10);
    expect(kinds(events)).toContain('limits');
  });
});
