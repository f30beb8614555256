import { genericProfile, type OpenBody } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { OK, setUp } from './rig.test.support.js';

/** A body that is read and ended by hand. */
function bodyOf(isRead: boolean) {
  let end: () => void = () => {};
  const body: { isRead: boolean; onOver: OpenBody['onOver'] } = {
    isRead,
    onOver(listener) {
      end = listener;
    },
  };
  return { body, end: () => end() };
}

/** A limiter of one at a time, whose first call was answered and has a body that still comes. */
async function setUpOpen(isRead: boolean) {
  const rig = setUp({ maxConcurrent: 1 });
  const { body, end } = bodyOf(isRead);
  const first = rig.call('a', { openBody: () => body });
  const second = rig.call('b');
  await first.answer(OK);
  return { ...rig, body, end, first, second };
}

test('a body that is read counts among those under way until it is over', async () => {
  const { clock, first, second, end, key } = await setUpOpen(true);
  expect(first.value).toBe(OK);
  await clock.advance(60_000);
  expect(key()).toMatchObject({ inFlight: 1, waiting: 1 });
  expect(second.startsMs).toEqual([]);
  end();
  await clock.advance(0);
  expect(second.startsMs).toEqual([60_000]);
  expect(key()).toMatchObject({ inFlight: 1, waiting: 0 });
});

test('a body that nobody has begun to read after a second counts no more', async () => {
  const { clock, second, end, key } = await setUpOpen(false);
  await clock.advance(999);
  expect(second.startsMs).toEqual([]);
  await clock.advance(1);
  expect(second.startsMs).toEqual([1000]);
  end();
  expect(key()?.inFlight).toBe(1);
});

test('a body that is begun to be read within a second counts until it is over', async () => {
  const { clock, body, second, end } = await setUpOpen(false);
  await clock.advance(500);
  body.isRead = true;
  await clock.advance(60_000);
  expect(second.startsMs).toEqual([]);
  end();
  await clock.advance(0);
  expect(second.startsMs).toEqual([60_500]);
});

test('a body that does not end in ten minutes has been forgotten, and counts no more', async () => {
  const { clock, second } = await setUpOpen(true);
  await clock.advance(599_999);
  expect(second.startsMs).toEqual([]);
  await clock.advance(1);
  expect(second.startsMs).toEqual([600_000]);
});

test('a body that ends twice is counted once, also where the second end comes late', async () => {
  const { second, end, call, settle, key } = await setUpOpen(true);
  const third = call('c');
  end();
  end();
  await settle();
  expect(third.startsMs).toEqual([]);
  await second.answer(OK);
  expect(third.startsMs).toHaveLength(1);
  await third.answer(OK);
  expect(key()).toMatchObject({ inFlight: 0, waiting: 0 });
});

test('while nobody waits no timer runs for a body, and a snapshot counts as of now', async () => {
  const { clock, call, settle, key } = setUp({ maxConcurrent: 2 });
  await call('a', { openBody: () => bodyOf(false).body }).answer(OK);
  await settle();
  expect(clock.timers).toBe(0);
  expect(key()?.inFlight).toBe(1);
  await clock.advance(1000);
  expect(key()?.inFlight).toBe(0);
});

test('the attempts of a call and its body are counted once', async () => {
  const { call, key } = setUp({ maxConcurrent: 3 });
  const { body, end } = bodyOf(true);
  await call('a', { openBody: () => body }).answer(OK);
  expect(key()?.inFlight).toBe(1);
  end();
  expect(key()?.inFlight).toBe(0);
});

describe('what cannot tell of itself', () => {
  const broken = () => {
    throw new Error('broken');
  };

  test.each<[string, () => OpenBody | undefined]>([
    ['has no body', () => undefined],
    ['cannot be looked at', broken],
    ['cannot be listened to', () => ({ isRead: true, onOver: broken })],
    ['is over already', () => ({ isRead: true, onOver: (listener) => listener() })],
  ])('counts no more where it %s', async (_, openBody) => {
    const { call, settle } = setUp({ maxConcurrent: 1 });
    const first = call('a', { openBody });
    const second = call('b');
    await first.answer(OK);
    await settle();
    expect(second.startsMs).toEqual([0]);
  });

  test('counts for a second where nobody knows whether it is read', async () => {
    const { clock, call } = setUp({ maxConcurrent: 1 });
    const body = { onOver() {} };
    Object.defineProperty(body, 'isRead', { get: broken });
    const first = call('a', { openBody: () => body as unknown as OpenBody });
    const second = call('b');
    await first.answer(OK);
    await clock.advance(1000);
    expect(second.startsMs).toEqual([1000]);
  });
});

describe('where the limiter finds the number by itself', () => {
  const openBody = () => bodyOf(true).body;

  test('bodies do not count, since it is how many the server takes to answer', async () => {
    const { call, key } = setUp();
    await call('a', { openBody }).answer(OK);
    expect(key()?.inFlight).toBe(0);
  });

  test('they do where the provider bounds how many are under way', async () => {
    const limits = [{ name: 'concurrency', unit: 'concurrency' }] as const;
    const { call, key } = setUp({}, { provider: { ...genericProfile, limits } });
    await call('a', { openBody }).answer(OK);
    expect(key()?.inFlight).toBe(1);
  });
});
