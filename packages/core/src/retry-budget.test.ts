import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { DEFAULT_RETRY_BUDGET, RetryBudget, type RetryBudgetOptions } from './retry-budget.js';

function setUp(rules: RetryBudgetOptions = {}) {
  const clock = new FakeClock();
  return { clock, budget: new RetryBudget(clock, { ...DEFAULT_RETRY_BUDGET, ...rules }) };
}

/** Makes as many retries as it allows, and says how many that are. */
function spendAll(budget: RetryBudget): number {
  let spent = 0;
  while (budget.retriesAllowed >= 1 && spent < 1e6) {
    budget.spend();
    spent++;
  }
  return spent;
}

test('a fresh budget is full', () => {
  expect(spendAll(setUp().budget)).toBe(100);
});

test('ten calls earn one retry', () => {
  const { budget } = setUp();
  spendAll(budget);
  for (let call = 0; call < 9; call++) budget.earn();
  expect(budget.retriesAllowed).toBeLessThan(1);
  budget.earn();
  budget.earn();
  expect(spendAll(budget)).toBe(1);
});

test('each second earns ten', async () => {
  const { clock, budget } = setUp();
  spendAll(budget);
  await clock.advance(99);
  expect(spendAll(budget)).toBe(0);
  await clock.advance(1);
  expect(spendAll(budget)).toBe(1);
  await clock.advance(1000);
  expect(spendAll(budget)).toBe(10);
});

test('no more is saved than its most, neither by calls nor by time', async () => {
  const { clock, budget } = setUp();
  for (let call = 0; call < 1000; call++) budget.earn();
  await clock.advance(3_600_000);
  expect(budget.retriesAllowed).toBe(100);
});

test('asking costs nothing and earns nothing', async () => {
  const { clock, budget } = setUp({ max: 10 });
  spendAll(budget);
  for (let tick = 0; tick < 1000; tick++) {
    await clock.advance(1);
    expect(budget.retriesAllowed).toBeCloseTo(Math.min(10, (tick + 1) / 100), 6);
  }
});

test('it never falls below nothing', () => {
  const { budget } = setUp({ max: 1, perSecond: 0 });
  for (let retry = 0; retry < 5; retry++) budget.spend();
  for (let call = 0; call < 10; call++) budget.earn();
  expect(budget.retriesAllowed).toBeCloseTo(1, 6);
});

test('a jump of the wall clock earns nothing', () => {
  const { clock, budget } = setUp();
  spendAll(budget);
  clock.jump(3_600_000);
  expect(spendAll(budget)).toBe(0);
});

test('a clock that stands still earns nothing, and calls still earn', () => {
  const { budget } = setUp();
  spendAll(budget);
  expect(spendAll(budget)).toBe(0);
  for (let call = 0; call < 1001; call++) budget.earn();
  expect(spendAll(budget)).toBe(100);
});

test.each<[string, RetryBudgetOptions, number]>([
  ['that saves nothing', { max: 0 }, 0],
  ['that saves less than one', { max: 0.9 }, 0],
  ['that saves one', { max: 1 }, 1],
])('a budget %s allows no more than that', async (_, rules, allowed) => {
  const { clock, budget } = setUp(rules);
  await clock.advance(60_000);
  expect(spendAll(budget)).toBe(allowed);
});
