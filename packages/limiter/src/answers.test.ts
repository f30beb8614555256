import { genericProfile } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { OK, setUp, told } from './rig.test.support.js';

describe('what answers tell', () => {
  test('holds the next call when a 200 says that nothing remains, until its reset', async () => {
    const { clock, call, order } = setUp();
    await call('a').answer({ ...OK, headers: told(60, 0, '30s') });
    call('b');
    await clock.advance(29_999);
    expect(order.join('')).toBe('a');
    await clock.advance(1);
    expect(order.join('')).toBe('ab');
  });

  test('lets go only what remains, and counts what is under way', async () => {
    const { callAll, order } = setUp();
    const [first] = callAll('abc');
    await first?.answer({ ...OK, headers: told(60, 5, '30s') });
    callAll('defghi');
    // Five were left when the first was counted, and two of these are under way already.
    expect(order.join('')).toBe('abcdef');
  });

  test('of a bucket lets one go when one unit is back', async () => {
    const headers = 'x-ratelimit-*-requests';
    const requests = { name: 'requests', unit: 'requests', shape: 'full', headers } as const;
    const provider = { ...genericProfile, limits: [requests] };
    const { clock, call, order } = setUp({}, { provider });
    await clock.advance(1000);
    await call('a').answer({ ...OK, headers: told(10, 0, '10s') });
    call('b');
    await clock.advance(999);
    expect(order.join('')).toBe('a');
    await clock.advance(1);
    expect(order.join('')).toBe('ab');
  });

  test('may come out of order: the answer to the later request holds', async () => {
    const { clock, call, order, key } = setUp();
    const early = call('a');
    await clock.advance(1000);
    const late = call('b');
    await late.answer({ ...OK, headers: told(60, 3, '30s') });
    await early.answer({ ...OK, headers: told(60, 50, '31s') });
    expect(key()?.limits).toMatchObject([{ name: 'requests', limit: 60, remaining: 3 }]);
    expect(order.join('')).toBe('ab');
  });

  test('that come late do not hold, also where they tell of less', async () => {
    const { clock, call, key } = setUp();
    const early = call('a');
    await clock.advance(1000);
    await call('b').answer({ ...OK, headers: told(60, 59, '60s') });
    await early.answer({ ...OK, headers: told(60, 0, '1s') });
    expect(key()?.limits).toMatchObject([{ remaining: 59 }]);
  });

  test('from an earlier request tells nothing of the limit or the window that came later', async () => {
    const { clock, call, callAll, order, key } = setUp({ maxConcurrent: 100 });
    const early = call('-');
    await clock.advance(61_000);
    const late = call('-');
    await clock.advance(0);
    await late.answer({ status: 200, headers: told(20, 19, 60) });
    await early.answer({ status: 200, headers: told(10, 0, 60) });
    expect(key()?.limits).toMatchObject([{ limit: 20, remaining: 19 }]);
    callAll('abc');
    await clock.advance(0);
    expect(order.join('')).toBe('--abc');
  });

  test('keeps a share of it for interactive calls', async () => {
    const { clock, call, callAll, order } = setUp({ maxConcurrent: 100, interactiveShare: 0.2 });
    const first = call('i', { priority: 'interactive' });
    await clock.advance(0);
    await first.answer({ status: 200, headers: told(10, 4, 30) });
    callAll('bbbb', { priority: 'batch' });
    callAll('iii', { priority: 'interactive' });
    await clock.advance(0);
    expect(order.join('')).toBe('ibbii');
  });

  test('of requests of about the same time: the smaller one holds', async () => {
    const { callAll, key } = setUp();
    const [first, second] = callAll('ab');
    await second?.answer({ ...OK, headers: told(60, 57, '30s') });
    await first?.answer({ ...OK, headers: told(60, 59, '30s') });
    expect(key()?.limits).toMatchObject([{ remaining: 57 }]);
  });

  test('follows a limit that shrinks and one that grows', async () => {
    const { clock, call, key, events } = setUp();
    for (const limit of [60, 30, 120]) {
      await call('a').answer({ ...OK, headers: told(limit, limit - 1, '60s') });
      await clock.advance(1000);
      expect(key()?.limits).toMatchObject([{ limit, remaining: limit - 1 }]);
    }
    expect(events.filter(({ type }) => type === 'limits')).toMatchObject([
      { limits: [{ name: 'requests', unit: 'requests', limit: 60 }] },
      { limits: [{ limit: 30, was: 60 }] },
      { limits: [{ limit: 120, was: 30 }] },
    ]);
  });

  test('without a reset is believed for a second, then one call finds out', async () => {
    const { clock, callAll, order } = setUp();
    const [first] = callAll('a');
    await first?.answer({ ...OK, headers: told(60, 0, undefined) });
    const next = callAll('bcd');
    await clock.advance(999);
    expect(order.join('')).toBe('a');
    await clock.advance(1);
    expect(order.join('')).toBe('ab');
    await next[0]?.answer({ ...OK, headers: told(60, 59, undefined) });
    expect(order.join('')).toBe('abcd');
  });

  test.each([99_999_999_999, '100000h', 4_102_444_800])(
    'with a reset that cannot be meant is tried by one call: %s',
    async (reset) => {
      const { clock, call, callAll, order, settle } = setUp({ maxConcurrent: 100 });
      const first = call('-');
      await settle();
      await first.answer({ status: 200, headers: told(10, 0, reset) });
      callAll('abc');
      await clock.advance(999);
      expect(order.join('')).toBe('-');
      await clock.advance(1);
      expect(order.join('')).toBe('-a');
    },
  );

  test('of a call that was never sent is not taken off', async () => {
    const { call, order, settle } = setUp({}, { maxRetries: 0 });
    await call('a').answer({ ...OK, headers: told(10, 1, '30s') });
    const second = call('b');
    call('c');
    await settle();
    expect(order.join('')).toBe('ab');
    await second.fail(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    expect(order.join('')).toBe('abc');
  });

  test('of more than sixteen limits is not followed', async () => {
    const { call, key } = setUp();
    const headers: Record<string, string> = {};
    for (let each = 0; each < 40; each++) {
      Object.assign(headers, told(10, 9, '30s', `requests-${each}`));
    }
    await call('a').answer({ ...OK, headers });
    expect(key()?.limits.length).toBeLessThanOrEqual(16);
    expect(key()?.limits.length).toBeGreaterThan(0);
  });

  test('is read of a refusal also where answers have told nothing for a while', async () => {
    const { call, key } = setUp({}, { maxRetries: 0 });
    await call('a').answer({ ...OK, headers: {} });
    await call('b').answer({ status: 429, headers: told(10, 0, '30s') });
    expect(key()?.limits).toMatchObject([{ limit: 10, remaining: 0 }]);
  });

  test('is read of every answer of a key that has told anything before', async () => {
    const { callAll, call, order, settle } = setUp();
    const [a, b, c] = callAll('abc');
    await a?.answer({ ...OK, headers: told(10, 5, '30s') });
    await b?.answer({ ...OK, headers: {} });
    await c?.answer({ ...OK, headers: told(10, 0, '30s') });
    call('d');
    await settle();
    expect(order.join('')).toBe('abc');
  });

  test('ends the window of a limit that was given', async () => {
    const { clock, call, callAll, order } = setUp({
      limits: [{ unit: 'requests', amount: 2, perMs: 10_000, shape: 'fixed' }],
    });
    await call('a').answer({ ...OK, headers: told(2, 1, '3s') });
    await call('b').answer({ ...OK, headers: told(2, 0, '3s') });
    callAll('cd');
    await clock.advance(2999);
    expect(order.join('')).toBe('ab');
    await clock.advance(1000);
    expect(order.join('')).toContain('abc');
  });

  test.each([
    ['requests', 'requests'],
    ['req-minute', 'requests'],
    ['tokens-minute', 'tokens'],
    ['input-tokens', 'input-tokens'],
    ['tokens-prompt', 'input-tokens'],
    ['tokens-cache-adjusted-prompt', 'input-tokens'],
    ['completion-tokens', 'output-tokens'],
    ['tokens-generated', 'output-tokens'],
    ['frequency', undefined],
  ])('of a limit called %s counts %s', async (name, unit) => {
    const { call, key } = setUp();
    await call('a').answer({ ...OK, headers: told(9, 5, '30s', name) });
    expect(key()?.limits[0]?.unit).toBe(unit);
  });

  test('that is a sentinel is ignored', async () => {
    const { callAll, call, order, key } = setUp();
    await call('a').answer({ ...OK, headers: told(0, 0, '60s') });
    await call('a').answer({ ...OK, headers: told(-1, -1, '60s') });
    await call('a').answer({ ...OK, headers: told(-1, 0, '60s') });
    callAll('bc');
    expect(order.join('')).toBe('aaabc');
    expect(key()?.limits).toEqual([]);
  });

  test('is read of several families at once, each of which has to agree', async () => {
    const { clock, call, callAll, order, key } = setUp();
    const headers = {
      ...told(60, 59, '60s'),
      'anthropic-ratelimit-input-tokens-limit': '1000',
      'anthropic-ratelimit-input-tokens-remaining': '100',
      'anthropic-ratelimit-input-tokens-reset': new Date(clock.now() + 20_000).toISOString(),
      'anthropic-ratelimit-output-tokens-limit': '500',
      'anthropic-ratelimit-output-tokens-remaining': '500',
    };
    await call('a').answer({ ...OK, headers });
    expect(key()?.limits.map(({ unit }) => unit)).toEqual([
      'requests',
      'input-tokens',
      'output-tokens',
    ]);
    callAll('bc', { tokens: { input: 80, output: 10 } });
    await clock.advance(19_999);
    expect(order.join('')).toBe('ab');
    await clock.advance(1);
    expect(order.join('')).toBe('abc');
  });

  test('that no call could ever fit is known before it is sent', async () => {
    const { call, settle } = setUp();
    await call('a').answer({ ...OK, headers: told(100, 90, '60s', 'tokens') });
    const large = call('b', { tokens: 101 });
    await settle();
    expect(large.trace).toMatchObject({ reason: 'never-fits' });
  });

  test('of what a limit holds keeps none out that might fit by now: one call finds out', async () => {
    const { clock, call, callAll, order, settle } = setUp({}, { maxRetries: 0 });
    await call('a').answer({ ...OK, headers: told(100, 90, '10s', 'tokens') });
    await clock.advance(59_999);
    const large = call('b', { tokens: 101 });
    await settle();
    expect(large.trace).toMatchObject({ reason: 'never-fits' });
    await clock.advance(1);
    const [first, ...others] = callAll('cde', { tokens: 101 });
    await settle();
    expect(order.join('')).toBe('ac');
    await first?.answer({ status: 429, headers: told(100, 100, '1s', 'tokens') });
    await clock.advance(1000);
    expect(others.map(({ trace }) => trace?.reason)).toEqual(['never-fits', 'never-fits']);
  });

  test('of a limit that has grown unseen lets all go that fit', async () => {
    const { clock, call, callAll, order } = setUp();
    await call('a').answer({ ...OK, headers: told(100, 90, '10s', 'tokens') });
    await clock.advance(60_000);
    const [first] = callAll('bcd', { tokens: 101 });
    await first?.answer({ ...OK, headers: told(1000, 899, '10s', 'tokens') });
    expect(order.join('')).toBe('abcd');
  });

  test('of a bucket keeps no share of it from a call that takes nearly all of it', async () => {
    const limits = [{ name: 'tokens', unit: 'tokens', shape: 'full' } as const].map((limit) => ({
      ...limit,
      headers: 'x-ratelimit-*-tokens',
    }));
    const { clock, call, order } = setUp({}, { provider: { ...genericProfile, limits } });
    const first = call('a', { tokens: 50, priority: 'interactive' });
    await first.answer({ ...OK, headers: told(100, 50, '5s', 'tokens') });
    call('b', { tokens: 95 });
    await clock.advance(5000);
    expect(order.join('')).toBe('ab');
  });
});

describe('the end of a window', () => {
  test('is tried by one call, and the others go with its answer', async () => {
    const { clock, call, callAll, order } = setUp();
    await call('a').answer({ ...OK, headers: told(60, 0, '10s') });
    const waiting = callAll('bcd');
    await clock.advance(10_000);
    expect(order.join('')).toBe('ab');
    await waiting[0]?.answer({ ...OK, headers: told(60, 59, '10s') });
    expect(order.join('')).toBe('abcd');
  });

  test('lets the others go as well when no refusal comes for a while', async () => {
    const { clock, call, callAll, order } = setUp();
    await call('a').answer({ ...OK, headers: told(60, 0, '10s') });
    callAll('bcd');
    await clock.advance(10_249);
    expect(order.join('')).toBe('ab');
    await clock.advance(1);
    expect(order.join('')).toBe('abcd');
  });

  test('that was told too early costs one refusal, not a herd', async () => {
    const { clock, call, callAll, order } = setUp();
    await call('a').answer({ ...OK, headers: told(60, 0, '10s') });
    const [first] = callAll('bcd');
    await clock.advance(10_000);
    await first?.answer({ status: 429, headers: { ...told(60, 0, '2s'), 'retry-after': '2' } });
    await clock.advance(1999);
    expect(order.join('')).toBe('ab');
  });
});
