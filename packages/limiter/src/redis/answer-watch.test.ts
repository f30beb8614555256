import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { AnswerWatch } from './answer-watch.js';

function setUp() {
  const clock = new FakeClock();
  const slowAtMs: number[] = [];
  const watch = new AnswerWatch(clock, 250, () => slowAtMs.push(clock.monotonic()));
  return { clock, slowAtMs, watch };
}

test('an answer in time leaves no timer', async () => {
  const { clock, slowAtMs, watch } = setUp();
  const answered = watch.start();
  await clock.advance(249);
  answered();
  expect(clock.timers).toBe(0);
  await clock.advance(10_000);
  expect(slowAtMs).toEqual([]);
});

test('an answer that is late is noticed once', async () => {
  const { clock, slowAtMs, watch } = setUp();
  watch.start();
  await clock.advance(10_000);
  expect(slowAtMs).toEqual([255]);
  expect(clock.timers).toBe(0);
});

test('many answers one after the other are none that is late', async () => {
  const { clock, slowAtMs, watch } = setUp();
  for (let count = 0; count < 50; count++) {
    const [one, other] = [watch.start(), watch.start()];
    await clock.advance(200);
    one();
    other();
  }
  expect(slowAtMs).toEqual([]);
});

test('an answer that is read late because the process was busy is none that is late', async () => {
  const { clock, slowAtMs, watch } = setUp();
  const answered = watch.start();
  // The timer is due, but what has come in meanwhile is read before it rings again.
  await clock.advance(251);
  answered();
  await clock.advance(10_000);
  expect(slowAtMs).toEqual([]);
});

test('the next that is late is noticed too', async () => {
  const { clock, slowAtMs, watch } = setUp();
  watch.start()();
  await clock.advance(1000);
  watch.start();
  await clock.advance(1000);
  expect(slowAtMs).toEqual([1255]);
});
