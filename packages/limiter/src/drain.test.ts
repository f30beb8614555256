import { describe, expect, test, vi } from 'vitest';
import { createLimiter } from './create-limiter.js';
import { MemorySource } from './memory-source.js';
import { QueueFullError } from './queue-full-error.js';
import { OK, setUp, TWO_A_SECOND } from './rig.test.support.js';

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
