import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from './clock.js';
import { DEFAULT_RETRY_BUDGET, RetryBudget, type RetryBudgetOptions } from './retry-budget.js';

type Rules = Required<RetryBudgetOptions>;
type AnyBudget = Pick<RetryBudget, 'earn' | 'spend' | 'retriesAllowed'>;

/** A budget: the real one, or a wrong one that a property must find out. */
type Make = (clock: Clock, rules: Rules) => AnyBudget;

const real: Make = (clock, rules) => new RetryBudget(clock, rules);

type Step = 'call' | 'retry' | number;

const rules: fc.Arbitrary<Rules> = fc.record({
  perCall: fc.constantFrom(0, 0.1, 0.25, 1),
  perSecond: fc.constantFrom(0, 1, 10, 100),
  max: fc.constantFrom(0, 1, 10, 100, 1000),
});

/** Calls that start, retries that are wanted, and milliseconds that pass. */
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(fc.constantFrom<Step[]>('call', 'retry', 'retry'), fc.integer({ min: 0, max: 1500 })),
  { maxLength: 200 },
);

/** Lets a timer at that time fire: nobody waits for this clock, so it need not settle. */
function pass(clock: FakeClock, ms: number): void {
  clock.setTimer(() => {}, ms);
  clock.fireNext();
}

/** What a budget allows before each step, and after the last. */
function play(make: Make, rules: Rules, steps: readonly Step[]): readonly number[] {
  const clock = new FakeClock();
  const budget = make(clock, rules);
  const allowed = steps.map((step) => {
    const before = budget.retriesAllowed;
    if (step === 'call') budget.earn();
    else if (step !== 'retry') pass(clock, step);
    else if (before >= 1) budget.spend();
    return before;
  });
  return [...allowed, budget.retriesAllowed];
}

/** The same by the arithmetic of tokens. */
function expected({ perCall, perSecond, max }: Rules, steps: readonly Step[]): readonly number[] {
  let tokens = max;
  const allowed = steps.map((step) => {
    const before = tokens;
    if (step === 'retry') tokens -= tokens >= 1 ? 1 : 0;
    else tokens = Math.min(max, tokens + (step === 'call' ? perCall : (step / 1000) * perSecond));
    return before;
  });
  return [...allowed, tokens];
}

/** Calls at a steady rate, of which everyone would be retried for ever. Says how many retries are made. */
function outage(make: Make, rules: Rules, calls: number, everyMs: number): number {
  const clock = new FakeClock();
  const budget = make(clock, rules);
  let retries = 0;
  for (let call = 0; call < calls; call++) {
    budget.earn();
    while (budget.retriesAllowed >= 1 && retries < 1e6) {
      budget.spend();
      retries++;
    }
    pass(clock, everyMs);
  }
  return retries;
}

const near = (one: number, other: number, by: number) => Math.abs(one - other) <= by;

const PROPERTIES = {
  'it allows what the tokens of the model allow, at every moment': (make: Make) =>
    fc.property(rules, steps, (rules, steps) => {
      const model = expected(rules, steps);
      // At the edge of a whole token the last bits may differ, and with them what is spent.
      fc.pre(model.every((tokens) => tokens === 0 || !near(tokens % 1, 1, 1e-6)));
      return play(make, rules, steps).every((tokens, index) =>
        near(tokens, model[index] ?? Number.NaN, 1e-6),
      );
    }),
  'in an outage of ten thousand calls it makes what is saved, a share of the calls and so many a second':
    (make: Make) =>
      fc.property(
        fc.constantFrom(0.05, 0.1, 0.2),
        fc.constantFrom(1, 10, 50),
        fc.constantFrom(1, 2, 5, 10),
        (perCall, perSecond, everyMs) => {
          const retries = outage(make, { perCall, perSecond, max: 100 }, 10_000, everyMs);
          // The time after the last call earns for nobody, and the first call finds it full.
          const seconds = (9999 * everyMs) / 1000;
          return near(retries, 100 + 9999 * perCall + seconds * perSecond, 1);
        },
      ),
  'nothing above its most is saved, and nothing below nothing is owed': (make: Make) =>
    fc.property(rules, steps, (rules, steps) =>
      play(make, rules, steps).every((tokens) => tokens >= 0 && tokens <= rules.max),
    ),
  'sequential calls of which a fifth fail once lose none': (make: Make) =>
    fc.property(fc.integer({ min: 10, max: 1000 }), (everyMs) => {
      const clock = new FakeClock();
      const budget = make(clock, DEFAULT_RETRY_BUDGET);
      for (let call = 0; call < 500; call++) {
        budget.earn();
        if (call % 5 === 0) {
          if (budget.retriesAllowed < 1) return false;
          budget.spend();
        }
        pass(clock, everyMs);
      }
      return true;
    }),
} satisfies Record<string, (make: Make) => unknown>;

type Name = keyof typeof PROPERTIES;

const RUNS: Partial<Record<Name, number>> = {
  'in an outage of ten thousand calls it makes what is saved, a share of the calls and so many a second': 20,
};

function run(name: Name, make: Make, seed = {}): fc.RunDetails<unknown> {
  const property = PROPERTIES[name](make) as fc.IRawProperty<unknown, false>;
  return fc.check(property, { numRuns: RUNS[name] ?? 300, ...seed });
}

describe('for any rules, calls and times', () => {
  test.each(Object.keys(PROPERTIES) as Name[])('%s', (name) => {
    const details = run(name, real);
    expect(details.failed, fc.defaultReportMessage(details)).toBe(false);
  });
});

/** A budget with other rules than it was given. */
function ruledBy(change: (rules: Rules) => Rules): Make {
  return (clock, rules) => real(clock, change(rules));
}

const boundless: Make = () => ({ earn() {}, spend() {}, retriesAllowed: 1 });

/** Owes what it does not have, and saves what it may not. */
const unclamped: Make = (clock, { perCall, perSecond, max }) => {
  let tokens = max;
  let atMs = clock.monotonic();
  return {
    earn() {
      tokens += perCall;
    },
    spend() {
      tokens -= 1;
    },
    get retriesAllowed() {
      tokens += ((clock.monotonic() - atMs) / 1000) * perSecond;
      atMs = clock.monotonic();
      return tokens;
    },
  };
};

describe('a wrong budget is found out', () => {
  const TOKENS = 'it allows what the tokens of the model allow, at every moment';
  const OUTAGE =
    'in an outage of ten thousand calls it makes what is saved, a share of the calls and so many a second';
  const CLAMP = 'nothing above its most is saved, and nothing below nothing is owed';
  const BLIPS = 'sequential calls of which a fifth fail once lose none';
  const WRONG: [string, Make, Name][] = [
    ['never refuses', boundless, TOKENS],
    ['never refuses', boundless, OUTAGE],
    ['never earns by calls', ruledBy((rules) => ({ ...rules, perCall: 0 })), TOKENS],
    ['never earns by calls', ruledBy((rules) => ({ ...rules, perCall: 0 })), OUTAGE],
    ['never refills by time', ruledBy((rules) => ({ ...rules, perSecond: 0 })), TOKENS],
    ['never refills by time', ruledBy((rules) => ({ ...rules, perSecond: 0 })), OUTAGE],
    [
      'earns twice',
      (clock, rules) => {
        const budget = new RetryBudget(clock, rules);
        return {
          earn() {
            budget.earn();
            budget.earn();
          },
          spend: () => budget.spend(),
          get retriesAllowed() {
            return budget.retriesAllowed;
          },
        };
      },
      OUTAGE,
    ],
    ['saves without end', unclamped, CLAMP],
    ['starts empty', ruledBy((rules) => ({ ...rules, max: 0 })), TOKENS],
    ['saves too little for a blip', ruledBy((rules) => ({ ...rules, max: 0.5 })), BLIPS],
  ];

  test.each(WRONG)('one that %s', (_, make, name) => {
    // Always the same draws, so that this test is as sure tomorrow.
    expect(run(name, make, { seed: 1, endOnFailure: true }).failed).toBe(true);
  });

  test('there is one for every property', () => {
    expect(new Set(WRONG.map(([, , name]) => name))).toEqual(new Set(Object.keys(PROPERTIES)));
  });
});
