import { describe, expect, test } from 'vitest';
import { QueueFullError } from './queue-full-error.js';
import { OK, setUp, TWO_A_SECOND, told } from './rig.test.support.js';

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

  test.each(['', 'a'])(
    'charges a tenant called %j nothing for calls that have left',
    async (tenant) => {
      const { clock, call, callAll, order } = setUp(TWO_A_SECOND);
      for (const each of callAll('--')) await each.answer(OK);
      for (const each of callAll('xxxxxxxx', { tenant })) each.abort();
      callAll('bbbb', { tenant: 'b' });
      call('a', { tenant });
      await clock.advance(1000);
      expect(order.join('')).toBe('--ba');
    },
  );

  test('is fair as well to a tenant that comes once tokens are limited, whatever was heaped up before', async () => {
    const { call, callAll, order } = setUp({ maxConcurrent: 1 });
    const first = call('x', { tenant: 'heavy', tokens: 100 });
    const heavy = callAll('aaaaaaaa', { tenant: 'heavy', tokens: 100 });
    await first.answer({ status: 200, headers: told(1e6, 1e6, '1s', 'tokens') });
    const light = callAll('bbb', { tenant: 'light', tokens: 50 });
    for (let step = 0; step < 11; step++) {
      for (const each of [...heavy, ...light]) await each.answer(OK);
    }
    expect(order.join('')).toBe('xababbaaaaaa');
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
