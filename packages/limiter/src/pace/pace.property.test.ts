import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvenPace } from './even-pace.js';
import type { Charge, Pacer } from './pacer.js';
import { TokenBucket } from './token-bucket.js';
import { WindowLog } from './window-log.js';

interface Step {
  /** Milliseconds that pass before it. */
  readonly passMs: number;
  readonly amount: number;
  /** How long its answer takes. */
  readonly answerMs: number;
  /** What it took in the end; absent: what was taken at first. */
  readonly used?: number;
}

interface Taken {
  readonly atMs: number;
  amount: number;
  /** When it was counted for good by a server: somewhere between its sending and its answer. */
  readonly arrivedMs: number;
}

const LIMIT = 10;
const PER_MS = 1000;

const steps = (mostAmount: number, mostAnswerMs = 50) =>
  fc.array(
    fc.record(
      {
        passMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 700 })),
        amount: fc.integer({ min: 1, max: mostAmount }),
        answerMs: fc.integer({ min: 0, max: mostAnswerMs }),
        used: fc.integer({ min: 0, max: mostAmount }),
      },
      { requiredKeys: ['passMs', 'amount', 'answerMs'] },
    ),
    { maxLength: 80 },
  );

/** The same, where the answer comes late and says that less was used. */
const refunds = (mostAmount: number) =>
  steps(mostAmount, 3 * PER_MS).map((given) =>
    given.map(({ used = 0, ...step }) => ({ ...step, used: Math.min(used, step.amount) })),
  );

/** Takes whatever may be taken, each after the wait that it was told, and answers in any order. */
function play(pacer: Pacer, given: readonly Step[], change: boolean): readonly Taken[] {
  let nowMs = 1_000_000;
  const taken: Taken[] = [];
  let open: { atMs: number; charge: Charge; step: Step; entry: Taken }[] = [];
  const settle = (untilMs: number) => {
    const due = open.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
    open = open.filter(({ atMs }) => atMs > untilMs);
    for (const { atMs, charge, step, entry } of due) {
      pacer.answered(charge, atMs);
      if (!change || step.used === undefined) continue;
      pacer.change(charge, step.used, atMs);
      entry.amount = step.used;
    }
  };
  for (const step of given) {
    nowMs += step.passMs;
    settle(nowMs);
    const waitMs = pacer.waitMs(step.amount, nowMs);
    expect(waitMs).toBeGreaterThanOrEqual(0);
    expect(waitMs).toBeLessThan(1e9);
    nowMs += waitMs;
    settle(nowMs);
    // What was settled meanwhile may only have made it longer by what others really took.
    const moreMs = pacer.waitMs(step.amount, nowMs);
    nowMs += moreMs;
    expect(pacer.waitMs(step.amount, nowMs)).toBe(0);
    const entry = { atMs: nowMs, amount: step.amount, arrivedMs: nowMs + step.answerMs };
    taken.push(entry);
    const charge = pacer.take(step.amount, nowMs);
    open.push({ atMs: entry.arrivedMs, charge, step, entry });
  }
  return taken;
}

describe('a log of a window', () => {
  test('never has more than its limit in any window, by the time of sending or of arrival', () => {
    fc.assert(
      fc.property(steps(4), (given) => {
        const taken = play(new WindowLog(LIMIT, PER_MS), given, false);
        for (const by of ['atMs', 'arrivedMs'] as const) {
          for (const { [by]: startMs } of taken) {
            const sum = taken
              .filter((each) => each[by] >= startMs && each[by] < startMs + PER_MS)
              .reduce((total, { amount }) => total + amount, 0);
            expect(sum).toBeLessThanOrEqual(LIMIT);
          }
        }
      }),
    );
  });

  test('gives back only what was not used, however late the answer', () => {
    fc.assert(
      fc.property(refunds(4), (given) => {
        const taken = play(new WindowLog(LIMIT, PER_MS), given, true);
        for (const { atMs: startMs } of taken) {
          const sum = taken
            .filter(({ atMs }) => atMs >= startMs && atMs < startMs + PER_MS)
            .reduce((total, { amount }) => total + amount, 0);
          expect(sum).toBeLessThanOrEqual(LIMIT);
        }
      }),
    );
  });

  test('is empty again when all that was taken has expired, whatever it turned out to be', () => {
    fc.assert(
      fc.property(steps(4), (given) => {
        const log = new WindowLog(LIMIT, PER_MS);
        const taken = play(log, given, true);
        const lastMs = Math.max(0, ...taken.map(({ atMs }) => atMs));
        expect(log.available(lastMs + 2 * PER_MS)).toBe(LIMIT);
        expect(log.isFresh(lastMs + 2 * PER_MS)).toBe(true);
      }),
    );
  });

  test('wastes nothing: calls of one unit that are always there use all of the limit', () => {
    const log = new WindowLog(LIMIT, PER_MS);
    const burst = Array.from({ length: 100 }, () => ({ passMs: 0, amount: 1, answerMs: 0 }));
    const taken = play(log, burst, false);
    // 99 goes in the tenth window: nine windows after the first.
    expect((taken.at(-1)?.atMs ?? 0) - (taken[0]?.atMs ?? 0)).toBeLessThanOrEqual(
      9 * PER_MS * 1.06,
    );
  });
});

/** Between any two times no more is taken than a full bucket and what has refilled since. */
function expectRefillAtMost(taken: ReturnType<typeof play>): void {
  taken.forEach(({ atMs: startMs }, from) => {
    let sum = 0;
    for (const { atMs, amount } of taken.slice(from)) {
      sum += amount;
      const allowed = LIMIT + ((atMs - startMs) * LIMIT) / PER_MS;
      expect(sum).toBeLessThanOrEqual(allowed + 1e-6);
    }
  });
}

describe('a bucket', () => {
  test('never takes more than a full bucket and what has refilled since, at any two times', () => {
    fc.assert(
      fc.property(steps(4), (given) => {
        expectRefillAtMost(play(new TokenBucket(LIMIT, PER_MS), given, false));
      }),
    );
  });

  test('gives nothing back that it would have lost when it was full', () => {
    fc.assert(
      fc.property(refunds(8), (given) => {
        expectRefillAtMost(play(new TokenBucket(LIMIT, PER_MS), given, true));
      }),
    );
  });

  test('gives back what was not used of it, however late that is known', () => {
    const bucket = new TokenBucket(LIMIT, PER_MS);
    bucket.take(LIMIT, 0);
    const charges = Array.from({ length: 50 }, (_, index) => bucket.take(1, (index + 1) * 100));
    expect(bucket.available(5000)).toBeCloseTo(0, 6);
    const [oldest, ...others] = charges;
    for (const charge of [oldest, ...others.slice(-5)]) if (charge) bucket.change(charge, 0);
    expect(bucket.available(5000)).toBeCloseTo(6, 6);
  });

  test('is full again when all has refilled', () => {
    fc.assert(
      fc.property(steps(4), (given) => {
        const bucket = new TokenBucket(LIMIT, PER_MS);
        const taken = play(bucket, given, true);
        const lastMs = Math.max(0, ...taken.map(({ arrivedMs }) => arrivedMs));
        expect(bucket.available(lastMs + 3 * PER_MS)).toBeCloseTo(LIMIT, 6);
      }),
    );
  });

  test('uses all that refills', () => {
    const burst = Array.from({ length: 1010 }, () => ({ passMs: 0, amount: 1, answerMs: 0 }));
    const taken = play(new TokenBucket(LIMIT, PER_MS), burst, false);
    expect((taken.at(-1)?.atMs ?? 0) - (taken[0]?.atMs ?? 0)).toBeCloseTo(100 * PER_MS, 3);
  });
});

test('an even pace gives the time of one back only to the next, and only if it is the last', () => {
  fc.assert(
    fc.property(refunds(4), (given) => {
      const taken = play(new EvenPace(LIMIT, PER_MS), given, true);
      taken.slice(1).forEach(({ atMs }, index) => {
        const before = taken[index];
        const gapMs = atMs - (before?.atMs ?? 0);
        expect(gapMs).toBeGreaterThanOrEqual(((before?.amount ?? 0) * PER_MS) / LIMIT - 1e-6);
      });
    }),
  );
});

test('an even pace never lets two go without the time of the first between them', () => {
  fc.assert(
    fc.property(steps(4), (given) => {
      const taken = play(new EvenPace(LIMIT, PER_MS), given, false);
      taken.slice(1).forEach(({ atMs }, index) => {
        const before = taken[index];
        const gapMs = atMs - (before?.atMs ?? 0);
        expect(gapMs).toBeGreaterThanOrEqual(((before?.amount ?? 0) * PER_MS) / LIMIT - 1e-6);
      });
    }),
  );
});
