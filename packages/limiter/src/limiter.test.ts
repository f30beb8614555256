import { execute, InvalidOptionsError, type Policy, type PolicyEvent } from '@forbear/core';
import { describe, expect, test, vi } from 'vitest';
import { createLimiter } from './create-limiter.js';
import type { LimiterOptions } from './limiter-options.js';
import { MemorySource } from './memory-source.js';
import { NeverFitsError } from './never-fits-error.js';
import { QueueFullError } from './queue-full-error.js';
import { OK, setUp, told } from './rig.test.support.js';

const TWO_A_SECOND = {
  limits: [{ unit: 'requests', amount: 2, perMs: 1000, shape: 'sliding' }],
} as const satisfies LimiterOptions;

const kinds = (events: readonly PolicyEvent[]) => events.map(({ type }) => type);

describe('a limit that was given', () => {
  test('lets a burst go and holds the rest until there is room', async () => {
    const { clock, callAll, order } = setUp(TWO_A_SECOND);
    const made = callAll('abcd');
    expect(order.join('')).toBe('ab');
    for (const each of made) await each.answer(OK);
    await clock.advance(999);
    expect(order.join('')).toBe('ab');
    await clock.advance(1);
    expect(order.join('')).toBe('abcd');
  });

  test('counts every attempt, retries too', async () => {
    const { clock, call, settle } = setUp(TWO_A_SECOND, { maxRetries: 5 });
    const made = call('a', { repeatable: true });
    await made.answer({ status: 500 });
    await clock.advance(600);
    expect(made.startsMs).toHaveLength(2);
    await made.answer({ status: 500 });
    await clock.advance(399);
    expect(made.startsMs).toHaveLength(2);
    await clock.advance(3000);
    await settle();
    expect(made.startsMs[2]).toBeGreaterThanOrEqual(1000);
  });

  test('gets back what was never sent', async () => {
    const { clock, call, order, settle } = setUp(TWO_A_SECOND, { maxRetries: 0 });
    const refused = Object.assign(new Error('connect'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    await call('a').fail(refused);
    await call('b').answer(OK);
    call('c');
    await settle();
    expect(order.join('')).toBe('abc');
    call('d');
    await clock.advance(999);
    expect(order.join('')).toBe('abc');
  });

  test('is not passed when the wall clock jumps', async () => {
    const { clock, callAll, order } = setUp(TWO_A_SECOND);
    for (const each of callAll('abc')) await each.answer(OK);
    clock.jump(1e9);
    await clock.advance(500);
    clock.jump(-2e9);
    await clock.advance(499);
    expect(order.join('')).toBe('ab');
    await clock.advance(1);
    expect(order.join('')).toBe('abc');
  });
});

describe('the order', () => {
  test('is by priority, then by age', async () => {
    const { clock, call, order } = setUp({ ...TWO_A_SECOND, interactiveShare: 0 });
    for (const each of [call('-'), call('-')]) await each.answer(OK);
    call('a', { priority: 'batch' });
    call('b');
    call('c', { priority: 'interactive' });
    call('d', { priority: 60 });
    call('e', { priority: 'interactive' });
    await clock.advance(10_000);
    expect(order.join('')).toBe('--cedba');
  });

  test('lets a line that is passed over go before all others in the end', async () => {
    const { clock, call, order } = setUp({
      limits: [{ unit: 'requests', amount: 1, perMs: 1000, shape: 'bucket' }],
      ageingMs: 5000,
      interactiveShare: 0,
    });
    call('-');
    call('b', { priority: 'batch' });
    for (let second = 0; second < 12; second++) {
      call('i', { priority: 'interactive' });
      call('i', { priority: 'interactive' });
      await clock.advance(1000);
    }
    const place = order.indexOf('b');
    expect(place).toBeGreaterThan(3);
    expect(place).toBeLessThan(8);
  });

  test.each(['sliding', 'bucket'] as const)(
    'lets a line that has aged use what is kept for interactive calls, in a limit of shape %s',
    async (shape) => {
      const { clock, callAll, order } = setUp({
        limits: [{ unit: 'requests', amount: 10, perMs: 1000, shape }],
        ageingMs: 5000,
      });
      for (let step = 0; step < 100; step++) {
        if (step === 20) callAll('bbbbb', { priority: 'batch' });
        for (const each of callAll('ii', { priority: 'interactive' })) void each.answer(OK);
        await clock.advance(100);
      }
      expect(order.filter((name) => name === 'b')).toHaveLength(1);
    },
  );

  test('lets a line that has aged use the concurrency that is kept for interactive calls', async () => {
    const { clock, call, callAll, order } = setUp({ maxConcurrent: 10, ageingMs: 5000 });
    const made = callAll('iiiiiiiiiiiiiiiiiiii', { priority: 'interactive' });
    for (let step = 0; step < 100; step++) {
      if (step === 20) call('b', { priority: 'batch' });
      made.push(call('i', { priority: 'interactive' }));
      await clock.advance(100);
      await made.shift()?.answer(OK);
    }
    expect(order).toContain('b');
  });

  test('is fair between tenants, whatever one of them heaps up', async () => {
    const { clock, callAll, order } = setUp({
      limits: [{ unit: 'requests', amount: 1, perMs: 100, shape: 'bucket' }],
    });
    callAll('aaaaaaaa', { tenant: 'heavy' });
    callAll('bbb', { tenant: 'light' });
    await clock.advance(2000);
    expect(order.join('')).toBe('aabababaaaa');
  });

  test('lets a tenant that comes late take turns from then on, not catch up', async () => {
    const { clock, callAll, order } = setUp({
      limits: [{ unit: 'requests', amount: 1, perMs: 100, shape: 'bucket' }],
    });
    callAll('aaaaaaaaa', { tenant: 'early' });
    await clock.advance(450);
    callAll('bbb', { tenant: 'late' });
    await clock.advance(2000);
    expect(order.join('')).toBe('aaaaaabababa');
  });

  test('keeps a share of the limit for interactive calls, once there was one', async () => {
    const { clock, call, callAll, order } = setUp({
      limits: [{ unit: 'requests', amount: 10, perMs: 1000, shape: 'sliding' }],
      interactiveShare: 0.2,
    });
    await call('i', { priority: 'interactive' }).answer(OK);
    for (const each of callAll('bbbbbbbbbb', { priority: 'batch' })) await each.answer(OK);
    expect(order.join('')).toBe('ibbbbbbb');
    await call('i', { priority: 'interactive' }).answer(OK);
    await call('i', { priority: 'interactive' }).answer(OK);
    expect(order.join('')).toBe('ibbbbbbbii');
    await clock.advance(61_000);
    expect(order).toHaveLength(13);
  });
});

describe('a queue with a bound', () => {
  test('refuses a call in the same turn when it is full', async () => {
    const { callAll, settle } = setUp({ ...TWO_A_SECOND, maxQueued: 2 });
    const made = callAll('abcde');
    await settle();
    expect(made.map(({ error }) => error !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(made[4]?.error).toBeInstanceOf(QueueFullError);
    expect(made[4]?.error).toMatchObject({ maxQueued: 2 });
    expect(made[4]?.trace).toMatchObject({ reason: 'queue-full', attempts: [] });
  });

  test('of nobody at all takes the place for what it is: no drain', async () => {
    const { callAll, settle } = setUp({ ...TWO_A_SECOND, maxQueued: 0 });
    const made = callAll('abc');
    await settle();
    expect(made.map(({ startsMs }) => startsMs.length)).toEqual([1, 1, 0]);
    expect(String(made[2]?.error)).toBe(
      'QueueFullError: no call may wait; call again later, or raise maxQueued',
    );
  });

  test('lets the last of the lowest priority make room for a higher one', async () => {
    const { clock, call, callAll, order } = setUp({ ...TWO_A_SECOND, maxQueued: 3 });
    callAll('--');
    const [first, last] = callAll('ab', { priority: 'batch' });
    call('c');
    call('d', { priority: 'interactive' });
    const alike = call('e', { priority: 'batch' });
    await clock.advance(5000);
    expect(last?.error).toBeInstanceOf(QueueFullError);
    expect(alike.error).toBeInstanceOf(QueueFullError);
    expect(first?.error).toBeUndefined();
    expect(order.join('')).toBe('--dca');
  });
});

describe('a call that waits', () => {
  test('leaves at once when it is aborted, and takes nothing', async () => {
    const { clock, callAll, call, order, settle } = setUp(TWO_A_SECOND);
    callAll('ab');
    const waiting = call('c');
    call('d');
    const reason = new Error('enough');
    waiting.abort(reason);
    await settle();
    expect(waiting.error).toBe(reason);
    await clock.advance(1100);
    expect(order.join('')).toBe('abd');
  });

  test('is refused at once when its deadline leaves no time for the wait', async () => {
    const { callAll, call, settle } = setUp(TWO_A_SECOND);
    callAll('abcd');
    const late = call('e', { deadlineMs: 1500 });
    await settle();
    expect(late.error).toMatchObject({ name: 'TimeoutError' });
    expect(late.trace).toMatchObject({ reason: 'past-deadline', attempts: [] });
  });

  test('ends at its deadline when its turn did not come', async () => {
    const { clock, callAll, call } = setUp({ maxConcurrent: 1 });
    callAll('a');
    const late = call('b', { deadlineMs: 700 });
    await clock.advance(699);
    expect(late.error).toBeUndefined();
    await clock.advance(1);
    expect(late.error).toMatchObject({ name: 'TimeoutError' });
  });

  test('is told its place and how long it will wait, and both can be asked before', async () => {
    const { callAll, events, limiter, settle } = setUp(TWO_A_SECOND);
    expect(limiter.estimate()).toEqual({ position: 1, estimateMs: 0 });
    callAll('abcd');
    await settle();
    expect(events.filter(({ type }) => type === 'queued')).toMatchObject([
      { position: 1, estimateMs: 1050, attempt: 1 },
      { position: 2, estimateMs: 1050, attempt: 1 },
    ]);
    expect(limiter.estimate()).toEqual({ position: 3, estimateMs: 2050 });
    expect(limiter.estimate({ priority: 'interactive' })).toEqual({
      position: 1,
      estimateMs: 1050,
    });
  });

  test('notes in its trace how long it was queued', async () => {
    const { clock, callAll } = setUp(TWO_A_SECOND);
    const made = callAll('abc');
    await made[0]?.answer(OK);
    await clock.advance(1000);
    await made[2]?.answer(OK);
    expect(made[2]?.trace?.holds).toEqual([{ beforeAttempt: 1, heldMs: 1000, queued: true }]);
  });
});

describe('a gate that closes', () => {
  const REFUSED = { status: 429, headers: { 'retry-after': '5' } };

  test('whose turn a limit keeps from being used is not lost, and goes with the next permit', async () => {
    const limits = [{ unit: 'requests', amount: 2, perMs: 5100, shape: 'sliding' } as const];
    const { clock, callAll } = setUp({ limits }, { random: () => 0 });
    const [refused, answered] = callAll('ab');
    await clock.advance(0);
    await answered?.answer(OK);
    await refused?.answer(REFUSED);
    // The gate opens at 5,000 and gives one turn; its next one comes with an answer, or a step of 250.
    await clock.advance(5099);
    expect(refused?.startsMs).toEqual([0]);
    await clock.advance(1);
    expect(refused?.startsMs).toEqual([0, 5100]);
  });

  test('holds all that wait in the queue, and takes no permit meanwhile', async () => {
    const { clock, callAll, order, key } = setUp(TWO_A_SECOND);
    const [first, second] = callAll('abcd');
    await second?.answer(OK);
    await first?.answer(REFUSED);
    await clock.advance(4999);
    expect(order.join('')).toBe('ab');
    expect(key()).toMatchObject({ waiting: 3, inFlight: 0 });
    // The call that was told to wait is the oldest, so it finds out whether there is room.
    await clock.advance(1000);
    await first?.answer(OK);
    await clock.advance(1000);
    expect(order.join('')).toBe('abacd');
  });

  test('gives a permit back that it has caught', async () => {
    const { clock, callAll, call, order, key } = setUp({ maxConcurrent: 2 });
    const [first, second] = callAll('ab');
    call('c');
    // One answer lets the third go, and in the same turn the other closes the gate.
    void first?.answer(OK);
    void second?.answer(REFUSED);
    await clock.advance(4000);
    expect(order.join('')).toBe('ab');
    expect(key()).toMatchObject({ waiting: 2, inFlight: 0 });
  });

  test('refuses the calls that may not be held for so long', async () => {
    const { callAll, call, settle } = setUp({ maxConcurrent: 1 });
    const [first] = callAll('a');
    const patient = call('b');
    const impatient = call('c', { maxHoldMs: 3000 });
    await first?.answer(REFUSED);
    await settle();
    expect(impatient.trace).toMatchObject({ reason: 'max-hold', attempts: [], rebuilt: true });
    expect(patient.trace).toBeUndefined();
  });

  test('of one policy holds the calls of another that has the same limiter', async () => {
    const first = setUp({ maxConcurrent: 5 });
    const { limiter, clock } = first;
    const { definePolicy, execute } = await import('@forbear/core');
    const other = definePolicy({ limiter, clock });
    await first.call('a').answer(REFUSED);
    const operation = vi.fn(async () => OK);
    const work = execute(operation, other, {});
    await clock.advance(4999);
    expect(operation).not.toHaveBeenCalled();
    await clock.advance(1000);
    await work;
    expect(operation).toHaveBeenCalledTimes(1);
  });
});

describe('drain', () => {
  test('takes no more calls and waits for those that it has', async () => {
    const { clock, callAll, call, limiter, settle } = setUp(TWO_A_SECOND);
    const made = callAll('abc');
    const drained = vi.fn();
    void limiter.drain().then(drained);
    const late = call('d');
    await settle();
    expect(late.error).toBeInstanceOf(QueueFullError);
    await made[0]?.answer(OK);
    await made[1]?.answer(OK);
    await clock.advance(1000);
    expect(drained).not.toHaveBeenCalled();
    await made[2]?.answer(OK);
    expect(drained).toHaveBeenCalledWith(0);
  });

  test('turns away those that still wait at its deadline', async () => {
    const { clock, callAll, limiter } = setUp(TWO_A_SECOND);
    const made = callAll('abcd');
    await made[0]?.answer(OK);
    await made[1]?.answer(OK);
    const drained = vi.fn();
    void limiter.drain({ deadlineMs: 500 }).then(drained);
    await clock.advance(500);
    expect(drained).toHaveBeenCalledWith(2);
    expect(made[3]?.error).toBeInstanceOf(QueueFullError);
    expect(clock.timers).toBe(0);
  });

  test('waits for a call that waits to be repeated', async () => {
    const { clock, call, limiter } = setUp();
    const made = call('a', { method: 'GET' });
    await clock.advance(0);
    await made.answer({ status: 500 });
    const drained = vi.fn();
    void limiter.drain().then(drained);
    await clock.advance(0);
    expect(made.startsMs).toHaveLength(1);
    expect(drained).not.toHaveBeenCalled();
    await clock.advance(10_000);
    expect(made.startsMs).toHaveLength(2);
    await made.answer(OK);
    expect(drained).toHaveBeenCalledWith(0);
  });

  test('waits no longer for one that is aborted meanwhile', async () => {
    const { call, limiter, settle } = setUp();
    const made = call('a', { method: 'GET' });
    await settle();
    await made.answer({ status: 500 });
    const drained = vi.fn();
    void limiter.drain().then(drained);
    made.abort(new Error('enough'));
    await settle();
    expect(made.error).toMatchObject({ message: 'enough' });
    expect(drained).toHaveBeenCalledWith(0);
  });

  test('turns away one that comes again after its deadline', async () => {
    const { clock, call, limiter } = setUp({
      limits: [{ unit: 'requests', amount: 1, perMs: 600_000, shape: 'sliding' }],
    });
    const made = call('a', { method: 'GET' });
    await clock.advance(0);
    const drained = vi.fn();
    void limiter.drain({ deadlineMs: 1000 }).then(drained);
    await clock.advance(1000);
    await made.answer({ status: 500 });
    expect(drained).not.toHaveBeenCalled();
    await clock.advance(10_000);
    expect(made.value).toMatchObject({ status: 500 });
    expect(made.trace).toMatchObject({ reason: 'queue-full' });
    expect(drained).toHaveBeenCalledWith(1);
  });

  test('done before its deadline leaves no timer, and lets go of the sources once', async () => {
    const close = vi.fn(async () => {});
    const { clock, call, limiter, settle } = setUp({
      source: (context) => Object.assign(new MemorySource(context), { close }),
    });
    const made = call('a');
    await settle();
    const drained = limiter.drain({ deadlineMs: 60_000 });
    expect(close).not.toHaveBeenCalled();
    await made.answer(OK);
    expect(await drained).toBe(0);
    expect(clock.timers).toBe(0);
    expect(close).toHaveBeenCalledTimes(1);
  });

  test('holds for keys that were never called before', async () => {
    const { call, limiter, settle } = setUp();
    await limiter.drain();
    const made = call('a', { key: 'new' });
    await settle();
    expect(made.error).toBeInstanceOf(QueueFullError);
    expect(made.startsMs).toEqual([]);
  });

  test('of a limiter that nobody used is over at once', async () => {
    expect(await createLimiter().drain()).toBe(0);
  });
});

describe('tokens', () => {
  const LIMITED: LimiterOptions = {
    limits: [{ unit: 'tokens', amount: 100, perMs: 1000, shape: 'sliding' }],
  };

  test('are reserved by an estimate, and settled with what was used', async () => {
    const { call, order, settle } = setUp(LIMITED);
    const body = JSON.stringify({ messages: ['x'.repeat(120)], max_tokens: 40 });
    const first = call('a', { body });
    call('b', { body });
    await settle();
    expect(order.join('')).toBe('a');
    await first.answer({ ...OK, usage: { prompt_tokens: 10, completion_tokens: 5 } });
    expect(order.join('')).toBe('ab');
  });

  test('of refused work go back', async () => {
    const { call, order } = setUp(LIMITED, { maxRetries: 0 });
    const first = call('a', { tokens: 80 });
    call('b', { tokens: { input: 40, output: 40 } });
    await first.answer({ status: 400 });
    expect(order.join('')).toBe('ab');
  });

  test('that can never fit are refused before anything is sent', async () => {
    const { call, order, settle } = setUp(LIMITED);
    const large = call('a', { tokens: 101 });
    await settle();
    expect(large.error).toBeInstanceOf(NeverFitsError);
    expect(large.error).toMatchObject({ unit: 'tokens', limit: 100, need: 101 });
    expect((large.error as NeverFitsError).message).toContain('max_tokens');
    expect(large.trace).toMatchObject({ reason: 'never-fits', attempts: [] });
    expect(order).toEqual([]);
  });

  test('are counted by what was given for it, and by the limiter where that fails', async () => {
    const estimateTokens = vi
      .fn()
      .mockReturnValueOnce(60)
      .mockImplementationOnce(() => {
        throw new Error('no tokenizer');
      });
    const { callAll, order, settle } = setUp({ ...LIMITED, estimateTokens });
    callAll('ab', { body: 'x'.repeat(160) });
    await settle();
    expect(estimateTokens).toHaveBeenCalledWith({ body: 'x'.repeat(160) });
    expect(order.join('')).toBe('ab');
    callAll('c', { body: 'x'.repeat(4) });
    await settle();
    expect(order.join('')).toBe('ab');
  });
});

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

  test('does not grow where nobody makes use of it', async () => {
    const { call, key } = setUp();
    for (let count = 0; count < 30; count++) await call('a').answer(OK);
    expect(key()?.maxConcurrent).toBe(20);
  });

  test('begins with what the provider advises, once the limit is known', async () => {
    const { genericProfile } = await import('@forbear/core');
    const provider = { ...genericProfile, inFlightShare: 1 / 60 };
    const { callAll, events, key } = setUp({}, { provider });
    await callAll('a')[0]?.answer({ ...OK, headers: told(600, 599, 60) });
    expect(key()?.maxConcurrent).toBe(10);
    expect(kinds(events)).toContain('limits');
  });
});

describe('the keys of a limiter', () => {
  /** Calls of as many keys, one after the other. */
  async function callKeys(policy: Policy, count: number): Promise<void> {
    for (let each = 0; each < count; each++) {
      await execute(() => OK, policy, { key: `k${each}` });
    }
  }

  test('are forgotten when they are idle and nothing is lost by it', async () => {
    const { policy, limiter } = setUp();
    await callKeys(policy, 4000);
    const keys = limiter.snapshot().map(({ key }) => key);
    expect(keys.length).toBeLessThanOrEqual(2000);
    expect(keys).toContain('k3999');
    expect(keys).not.toContain('k0');
  });

  test('are remembered while something of their limits is taken, up to ten thousand', async () => {
    const { call, policy, limiter, settle } = setUp({ requestsPerMinute: 1 });
    await callKeys(policy, 11_000);
    const keys = limiter.snapshot().map(({ key }) => key);
    expect(keys).toHaveLength(10_000);
    expect(keys[0]).toBe('k1000');
    const again = call('', { key: 'k1000' });
    const forgotten = call('', { key: 'k0' });
    await settle();
    expect(again.startsMs).toEqual([]);
    expect(forgotten.startsMs).toHaveLength(1);
  });

  test('are kept while somebody waits, or has an answer whose body still comes', async () => {
    const { call, policy, limiter, settle } = setUp({ maxConcurrent: 1 });
    const first = call('', { key: 'waits' });
    const second = call('', { key: 'waits' });
    const openBody = () => ({ isRead: true, onOver() {} });
    await call('', { key: 'streams', openBody }).answer(OK);
    await callKeys(policy, 2500);
    const known = new Map(limiter.snapshot().map((each) => [each.key, each]));
    expect(known.get('waits')).toMatchObject({ waiting: 1, inFlight: 1 });
    expect(known.get('streams')).toMatchObject({ inFlight: 1 });
    await first.answer(OK);
    await settle();
    expect(second.startsMs).toHaveLength(1);
  });
});

test('the key that was called last is the last one, and the one that is asked about', async () => {
  const { call, limiter, settle } = setUp({ maxConcurrent: 1 });
  for (const key of ['a', 'b', 'a']) call('', { key });
  await settle();
  expect(limiter.snapshot().map(({ key }) => key)).toEqual(['b', 'a']);
  expect(limiter.estimate().position).toBe(2);
});

test('bad questions are refused, all at once', () => {
  const question = { key: 5, priority: 'urgent', tenant: 5, tokens: -1, model: 'any' };
  const ask = () => createLimiter().estimate(question as object);
  expect(ask).toThrow(InvalidOptionsError);
  for (const name of Object.keys(question)) expect(ask).toThrow(`${name}: got`);
});

test('bad options are refused, all at once', () => {
  const options = {
    requestsPerMinute: 0,
    tokensPerMinute: 1.5,
    maxConcurrent: 'many',
    maxQueued: -1,
    interactiveShare: 2,
    ageingMs: 0,
    estimateTokens: 5,
    limits: [{ unit: 'calls', amount: 1, perMs: 1 }, { unit: 'tokens' }, 7],
    requestPerMinute: 60,
  } as unknown as LimiterOptions;
  expect.assertions(2);
  try {
    createLimiter(options);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as InvalidOptionsError).problems.map(({ option }) => option)).toEqual([
      'requestsPerMinute',
      'tokensPerMinute',
      'maxConcurrent',
      'maxQueued',
      'interactiveShare',
      'ageingMs',
      'estimateTokens',
      'limits[0].unit',
      'limits[1].amount',
      'limits[1].perMs',
      'limits[2]',
      'requestPerMinute',
    ]);
  }
});
