import { InvalidOptionsError } from '@forbear/core';
import { describe, expect, test, vi } from 'vitest';
import { createLimiter } from './create-limiter.js';
import type { LimiterOptions } from './limiter-options.js';
import { NeverFitsError } from './never-fits-error.js';
import { OK, setUp, TWO_A_SECOND, told } from './rig.test.support.js';

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

  test('is told a time in which also those are served whose tokens nobody has counted', async () => {
    const { limiter, call, callAll } = setUp({ maxConcurrent: 1 });
    const first = call('a', { tokens: 100 });
    callAll('bcdefghi', { tokens: 100 });
    await first.answer({ status: 200, headers: told(100, 0, '60s', 'tokens') });
    call('j', { tokens: 100 });
    expect(limiter.estimate({ tokens: 100 })).toEqual({ position: 10, estimateMs: 600_000 });
  });

  test('is told only its place where it waits for calls that are under way', async () => {
    const { limiter, callAll } = setUp({ maxConcurrent: 1 });
    callAll('a');
    expect(limiter.estimate()).toEqual({ position: 1 });
    callAll('b');
    expect(limiter.estimate()).toEqual({ position: 2 });
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
