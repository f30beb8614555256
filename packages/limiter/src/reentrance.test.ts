import { expect, test } from 'vitest';
import { OK, setUp, told } from './rig.test.support.js';

const ONE_A_SECOND = {
  limits: [{ unit: 'requests', amount: 1, perMs: 1000, shape: 'sliding' }],
} as const;

test('a call that is made while another is told its place keeps nobody waiting', async () => {
  const { clock, policy, call, order } = setUp(ONE_A_SECOND);
  await call('a').answer(OK);
  let made = 0;
  policy.events.on('queued', () => {
    if (made++ === 0) call('c');
  });
  call('b');
  await clock.advance(10_000);
  expect(order.join('')).toBe('abc');
});

test('a call that is aborted while another is told its place is gone, and the other is not', async () => {
  const { clock, policy, call, order, key } = setUp(ONE_A_SECOND);
  await call('a').answer(OK);
  const first = call('b');
  policy.events.on('queued', () => first.abort());
  await call('c').answer(OK);
  await clock.advance(10_000);
  expect(order.join('')).toBe('ac');
  expect(key()).toMatchObject({ waiting: 0 });
});

test('a call that is aborted while its tokens are counted takes no place and no permit', async () => {
  const { clock, call, order, key } = setUp({
    maxConcurrent: 1,
    estimateTokens: () => {
      aborts.abort();
      return 5;
    },
  });
  const first = call('a', { tokens: 1 });
  const aborts = call('b', { body: 'x' });
  await first.answer({ ...OK, headers: told(1000, 900, 60, 'tokens') });
  expect(key()).toMatchObject({ waiting: 0, inFlight: 0 });
  await call('c', { tokens: 1 }).answer(OK);
  await clock.advance(1000);
  expect(order.join('')).toBe('ac');
  expect(key()).toMatchObject({ waiting: 0, inFlight: 0 });
});

test('a call that is made while the tokens of another are counted does not take its permit', async () => {
  const { call, order, key } = setUp({
    maxConcurrent: 1,
    estimateTokens: () => {
      if (made++ === 0) call('d', { tenant: 'other', tokens: 7 });
      return 5;
    },
  });
  let made = 0;
  const first = call('a', { tokens: 1 });
  const waiting = [call('b', { body: 'x' }), call('c', { body: 'x' })];
  await first.answer({ ...OK, headers: told(1000, 900, 60, 'tokens') });
  await waiting[0]?.answer(OK);
  expect(order[1]).toBe('b');
  expect(key()).toMatchObject({ waiting: 1, inFlight: 1 });
});
