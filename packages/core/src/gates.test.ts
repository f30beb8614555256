import { FakeClock } from '@forbear/testing';
import { describe, expect, test, vi } from 'vitest';
import { execute } from './execute.js';
import { QUOTA, RULES, refusalOf, told } from './gate/rig.test.support.js';
import { Gates } from './gates.js';
import { definePolicy } from './policy.js';
import { DEFAULT_RETRY_BUDGET, type RetryBudgetOptions } from './retry-budget.js';

function setUp(retryBudget: Required<RetryBudgetOptions> | undefined = DEFAULT_RETRY_BUDGET) {
  const clock = new FakeClock();
  return { clock, gates: new Gates({ clock, ...RULES, retryBudget }) };
}

function labels(gates: Gates): readonly string[] {
  return gates.snapshot().map(({ key }) => key);
}

/** Uses so many keys, `key 1` and so on. */
function useKeys(gates: Gates, count: number): void {
  for (let index = 1; index <= count; index++) gates.of(`key ${index}`);
}

test('the same key is the same gate, another key another', () => {
  const { gates } = setUp();
  expect(gates.of('one')).toBe(gates.of('one'));
  expect(gates.of('one')).not.toBe(gates.of('other'));
});

describe('what is shown of a key', () => {
  test('is all of it, unless something else is to be shown', () => {
    const { gates } = setUp();
    gates.of('the whole key');
    expect(labels(gates)).toEqual(['the whole key']);
  });

  test('is never the credential, and tells apart what looks alike', () => {
    const { gates } = setUp();
    for (const secret of ['sk-1', 'sk-2']) gates.of(`flex.ai ${secret}`, () => 'flex.ai');
    expect(labels(gates)).toEqual(['flex.ai #1', 'flex.ai #2']);
    expect(JSON.stringify([gates.snapshot(), gates.waste()])).not.toContain('sk-');
  });

  test('is asked once for each key', () => {
    const { gates } = setUp();
    const show = vi.fn(() => 'shown');
    for (let call = 0; call < 5; call++) gates.of('one', show);
    expect(show).toHaveBeenCalledTimes(1);
  });

  test('has no number where it is all of the key', () => {
    const { gates } = setUp();
    gates.of('one', () => 'one');
    expect(labels(gates)).toEqual(['one']);
  });
});

describe('at most a thousand keys are remembered', () => {
  test('and the least recently used one is forgotten first', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    gates.of('key 1');
    gates.of('another');
    expect(gates.snapshot()).toHaveLength(1000);
    expect(labels(gates)).not.toContain('key 2');
    expect(labels(gates)).toContain('key 1');
    expect(labels(gates).slice(-2)).toEqual(['key 1', 'another']);
  });

  test('but none that has calls', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    gates.of('key 1').active++;
    for (let index = 3; index <= 1000; index++) gates.of(`key ${index}`);
    gates.of('another');
    expect(labels(gates)).toContain('key 1');
    expect(labels(gates)).not.toContain('key 2');
  });

  test('and where all have calls a new one is served, and not remembered', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    for (let index = 1; index <= 1000; index++) gates.of(`key ${index}`).active++;
    const state = gates.of('another');
    expect(state.gate.isOpen).toBe(true);
    expect(labels(gates)).not.toContain('another');
    gates.of('key 500').active--;
    gates.of('yet another');
    expect(labels(gates)).toContain('yet another');
    expect(labels(gates)).not.toContain('key 500');
  });

  test('and ten thousand that come and go are no more', () => {
    const { gates } = setUp();
    useKeys(gates, 10_000);
    expect(labels(gates)).toHaveLength(1000);
    expect(labels(gates)[0]).toBe('key 9001');
  });
});

describe('a snapshot', () => {
  test('tells each key, its state, since when it opens, who waits and its retries', async () => {
    const { clock, gates } = setUp();
    gates.of('open');
    const { gate, budget } = gates.of('closed');
    gates.of('refusing').gate.close(QUOTA, refusalOf());
    gate.close(told(5000, 500), refusalOf());
    void gate.enter({ number: 1, limitAtMs: Number.POSITIVE_INFINITY, signal: undefined });
    for (let retry = 0; retry < 3; retry++) budget?.spend();
    await clock.advance(1);
    expect(gates.snapshot()).toEqual([
      { key: 'open', state: 'open', waiting: 0, retriesAllowed: 100 },
      {
        key: 'closed',
        state: 'closed',
        untilMs: clock.now() + 5499,
        waiting: 1,
        retriesAllowed: 97,
      },
      { key: 'refusing', state: 'refusing', waiting: 0, retriesAllowed: 100 },
    ]);
  });

  test('tells no retries where they are not budgeted', () => {
    const clock = new FakeClock();
    const gates = new Gates({ clock, ...RULES, retryBudget: undefined });
    gates.of('one');
    expect(gates.snapshot()).toEqual([{ key: 'one', state: 'open', waiting: 0 }]);
  });

  test('is no use of its keys', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    gates.snapshot();
    gates.of('another');
    expect(labels(gates)).not.toContain('key 1');
  });
});

describe('opening by hand', () => {
  test('opens every gate that is shut, and says how many', () => {
    const { gates } = setUp();
    gates.of('open');
    gates.of('closed').gate.close(told(5000), refusalOf());
    gates.of('refusing').gate.close(QUOTA, refusalOf());
    expect(gates.open()).toBe(2);
    expect(gates.snapshot().map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    expect(gates.open()).toBe(0);
  });

  test('opens the one that is named as it is shown', () => {
    const { gates } = setUp();
    for (const secret of ['sk-1', 'sk-2']) {
      gates.of(secret, () => 'flex.ai').gate.close(QUOTA, refusalOf());
    }
    expect(gates.open('flex.ai #2')).toBe(1);
    expect(gates.snapshot().map(({ state }) => state)).toEqual(['refusing', 'open']);
    expect(gates.open('sk-1')).toBe(0);
    expect(gates.open('nobody')).toBe(0);
  });
});

describe('waste', () => {
  const some = { useful: 1, wasted: 2, possiblyBilled: 1, waitedMs: 500 };

  test('is told for each key', () => {
    const { gates } = setUp();
    gates.of('one').waste.add(some);
    gates.of('other');
    expect(gates.waste()).toEqual([
      { key: 'one', ...some },
      { key: 'other', useful: 0, wasted: 0, possiblyBilled: 0, waitedMs: 0 },
    ]);
  });

  test('of keys that are forgotten is folded into one that has no name', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    for (const key of ['key 1', 'key 2']) gates.of(key).waste.add(some);
    for (let index = 3; index <= 1000; index++) gates.of(`key ${index}`);
    gates.of('another');
    gates.of('yet another');
    expect(gates.waste()).toHaveLength(1001);
    expect(gates.waste().at(-1)).toEqual({
      useful: 2,
      wasted: 4,
      possiblyBilled: 2,
      waitedMs: 1000,
    });
  });

  test('is counted from 0 again after a reset', () => {
    const { gates } = setUp();
    useKeys(gates, 1000);
    gates.of('key 1').waste.add(some);
    for (let index = 2; index <= 1000; index++) gates.of(`key ${index}`);
    gates.of('another').waste.add(some);
    gates.resetWaste();
    expect(gates.waste()).toHaveLength(1000);
    for (const { useful, wasted } of gates.waste()) expect(useful + wasted).toBe(0);
  });

  test('that was handed out does not change', () => {
    const { gates } = setUp();
    const { waste } = gates.of('one');
    const before = gates.waste();
    waste.add(some);
    expect(before[0]?.useful).toBe(0);
  });
});

test('a key that is told to wait is not forgotten before one that is open', async () => {
  const policy = definePolicy({ clock: new FakeClock(), random: () => 0 });
  const limited = { status: 429, headers: { 'retry-after': '50' } };
  await execute<unknown>(() => limited, policy, { maxRetries: 0, key: 'told' });
  for (let index = 0; index < 1000; index++) {
    await execute(() => 'ok', policy, { key: `key ${index}` });
  }
  const states = policy.gates.snapshot().map(({ state }) => state);
  expect(states).toContain('closed');
});
