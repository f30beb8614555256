import { definePolicy, execute, genericProfile } from '@forbear/core';
import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLimiter } from './create-limiter.js';

/** The limit lets one go every so many milliseconds. */
const EVERY_MS = 100;
const AGEING_MS = 1000;
const INTERACTIVE = 100;

interface Call {
  readonly atMs: number;
  readonly level: number;
}

const calls = fc
  .uniqueArray(
    fc.record({
      atMs: fc.integer({ min: 0, max: 1500 }),
      level: fc.integer({ min: 0, max: 100 }),
    }),
    { selector: ({ atMs }) => atMs, minLength: 10, maxLength: 60 },
  )
  .map((given) => [...given].sort((one, other) => one.atMs - other.atMs));

/** Which calls start in which order: indices, and when. */
async function play(given: readonly Call[]) {
  const clock = new FakeClock();
  const limiter = createLimiter({
    limits: [{ unit: 'requests', amount: 1, perMs: EVERY_MS, shape: 'even' }],
    maxConcurrent: 1000,
    interactiveShare: 0,
    ageingMs: AGEING_MS,
  });
  const policy = definePolicy({ clock, limiter, provider: genericProfile });
  const started: { readonly index: number; readonly atMs: number }[] = [];
  const work = given.map(
    ({ atMs, level }, index) =>
      new Promise((resolve) => {
        const operation = () => {
          started.push({ index, atMs: clock.monotonic() });
          return { status: 200 };
        };
        const start = () => void execute(operation, policy, { priority: level }).then(resolve);
        if (atMs === 0) start();
        else clock.setTimer(start, atMs);
      }),
  );
  await clock.run(Promise.all(work));
  return started;
}

/**
 * The order by the rule: the line goes next whose level, with the time since it was served or began, is
 * the highest, and of it the call that came first.
 */
function orderByRule(given: readonly Call[], times: readonly number[]): readonly number[] {
  const waiting = new Map<number, number[]>();
  const since = new Map<number, number>();
  const order: number[] = [];
  let next = 0;
  for (const nowMs of times) {
    for (; next < given.length && (given[next]?.atMs ?? 0) <= nowMs; next++) {
      const { level, atMs } = given[next] as Call;
      const line = waiting.get(level) ?? [];
      if (line.length === 0) since.set(level, atMs);
      waiting.set(level, [...line, next]);
    }
    const ages = [...waiting]
      .filter(([, line]) => line.length > 0)
      .map(([level]) => {
        const waitedMs = nowMs - (since.get(level) ?? 0);
        return { level, aged: level + (waitedMs / AGEING_MS) * INTERACTIVE };
      })
      .sort((one, other) => other.aged - one.aged || other.level - one.level);
    const level = ages[0]?.level ?? 0;
    const [first = -1, ...rest] = waiting.get(level) ?? [];
    waiting.set(level, rest);
    since.set(level, nowMs);
    order.push(first);
  }
  return order;
}

test('calls start in the order of their priority and the age of their line', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (given) => {
      const started = await play(given);
      const times = started.map(({ atMs }) => atMs);
      expect(started.map(({ index }) => index)).toEqual(orderByRule(given, times));
      for (const [at, atMs] of times.slice(1).entries()) {
        expect(atMs - (times[at] ?? 0)).toBeGreaterThanOrEqual(EVERY_MS);
      }
    }),
    { numRuns: 60 },
  );
});
