import { getEventListeners } from 'node:events';
import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import type { GateRules, PermitEnd } from './admission.js';
import type { Gate } from './gate.js';
import {
  isProbe,
  LONG,
  makeGate,
  permitOf,
  QUOTA,
  refusalOf,
  told,
  type Visit,
  Visitors,
} from './rig.test.support.js';

function setUp(rules: Partial<GateRules> = {}) {
  const clock = new FakeClock();
  const gate = makeGate(clock, rules);
  return { clock, gate, visitors: new Visitors(clock, gate) };
}

function kinds(visits: readonly Visit[]): readonly (string | undefined)[] {
  return visits.map(({ said }) => said?.kind);
}

function settleAll(gate: Gate, visits: readonly Visit[], end: PermitEnd = 'succeeded'): void {
  for (const visit of visits) gate.settle(permitOf(visit), end);
}

/** Answers whoever has been let go, until nobody waits. Says how many went each time. */
async function rounds(clock: FakeClock, gate: Gate, visitors: Visitors): Promise<number[]> {
  const sizes: number[] = [];
  let settled = 0;
  while (settled < visitors.all.length) {
    const gone = visitors.admitted.slice(settled);
    sizes.push(gone.length);
    settled += gone.length;
    settleAll(gate, gone);
    await clock.advance(0);
  }
  return sizes;
}

describe('an open gate', () => {
  test('lets everyone go at once and wants to hear nothing', () => {
    const { clock, gate, visitors } = setUp();
    for (const { said } of visitors.enterAll(100)) expect(said).toEqual({ kind: 'admitted' });
    expect(gate).toMatchObject({ isOpen: true, state: 'open', waiting: 0, opensInMs: 0 });
    expect(clock.timers).toBe(0);
  });

  test('leaves an aborted signal to the attempt itself', () => {
    const signal = AbortSignal.abort();
    const said = setUp().gate.enter({ number: 1, limitAtMs: 1, signal });
    expect(said).toEqual({ kind: 'admitted' });
  });

  test('opened by hand stays open', () => {
    const { gate } = setUp();
    gate.open();
    expect(gate.isOpen).toBe(true);
  });
});

describe('a told wait', () => {
  test('holds everyone until its end, to the millisecond', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enterAll(3);
    expect(gate).toMatchObject({ state: 'closed', waiting: 3, opensInMs: 5000, isOpen: false });
    await clock.advance(4999);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(1);
    expect(gate).toMatchObject({ state: 'reopening', waiting: 2, opensInMs: 0 });
  });

  test('is lengthened by its jitter', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000, 400), refusalOf());
    visitors.enter();
    await clock.advance(5399);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(1);
  });

  test('is not shortened by a later shorter one', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enter();
    gate.close(told(1000), refusalOf());
    await clock.advance(3000);
    gate.close(told(1999), refusalOf());
    await clock.advance(1999);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(1);
  });

  test('is lengthened by a later longer one, for those who wait as well', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enter();
    await clock.advance(2000);
    gate.close(told(10_000), refusalOf());
    await clock.advance(9999);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(1);
  });

  test('of nothing lets one go at once, by the ramp', () => {
    const { gate, visitors } = setUp();
    gate.close(told(0), refusalOf());
    expect(kinds(visitors.enterAll(2))).toEqual(['admitted', undefined]);
  });

  test('is measured by a clock that does not jump', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enter();
    clock.jump(3_600_000);
    clock.jump(-7_200_000);
    await clock.advance(4999);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(1);
  });

  test('that is over holds nobody long after, though no timer ran', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    expect(clock.timers).toBe(0);
    await clock.advance(3_600_000);
    expect(gate.state).toBe('open');
    expect(kinds(visitors.enterAll(50))).toEqual(Array(50).fill('admitted'));
  });
});

describe('reopening', () => {
  async function reopened(count: number) {
    const { clock, gate, visitors } = setUp();
    gate.close(told(1000), refusalOf());
    visitors.enterAll(count);
    await clock.advance(1000);
    return { clock, gate, visitors };
  }

  test('lets one go, then twice as many each time that all were answered', async () => {
    const { clock, gate, visitors } = await reopened(40);
    expect(await rounds(clock, gate, visitors)).toEqual([1, 2, 4, 8, 16, 9]);
    expect(gate.state).toBe('open');
    expect(clock.timers).toBe(0);
  });

  test('remembers half of what was refused, and grows slowly beyond it', async () => {
    const { clock, gate, visitors } = await reopened(60);
    for (const size of [1, 2, 4]) {
      settleAll(gate, visitors.admitted.slice(-size));
      await clock.advance(0);
    }
    expect(visitors.admitted).toHaveLength(15);
    gate.close(told(1000), refusalOf());
    settleAll(gate, visitors.admitted.slice(-8), 'unanswered');
    await clock.advance(1000);
    const sizes: number[] = [];
    for (let settled = 15; settled < visitors.admitted.length && sizes.length < 6; ) {
      const gone = visitors.admitted.slice(settled);
      sizes.push(gone.length);
      settled += gone.length;
      settleAll(gate, gone);
      await clock.advance(0);
    }
    expect(sizes).toEqual([1, 2, 4, 4, 4, 5]);
  });

  test('lets the oldest call go first, whenever it came', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(1000), refusalOf());
    for (const number of [7, 3, 9, 1]) visitors.enter({ number });
    await clock.advance(1000);
    await rounds(clock, gate, visitors);
    expect(visitors.answered.map(({ number }) => number)).toEqual([1, 3, 7, 9]);
  });

  test('lets nobody overtake those who wait', async () => {
    const { gate, visitors } = await reopened(4);
    settleAll(gate, visitors.admitted);
    visitors.enter();
    await Promise.resolve();
    expect(visitors.answered.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  test.each([
    ['a quarter of a second', 0, 250],
    ['somewhat longer than the last refusal took', 1000, 1250],
    ['two seconds at most', 60_000, 2000],
  ])('widens with each step of %s in which nothing was answered', async (_, tookMs, stepMs) => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(1000), refusalOf(), tookMs);
    visitors.enterAll(40);
    await clock.advance(1000);
    const gone: number[] = [];
    for (let step = 0; step < 5; step++) {
      gone.push(visitors.admitted.length);
      await clock.advance(stepMs);
    }
    expect(gone).toEqual([1, 2, 4, 8, 16]);
  });

  test('goes on though permits never come back', async () => {
    const { clock, gate, visitors } = await reopened(1000);
    await clock.advance(10_000);
    expect(visitors.admitted).toHaveLength(1000);
    expect(gate.waiting).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test('gives the place of what was not answered to the next', async () => {
    const { clock, gate, visitors } = await reopened(3);
    settleAll(gate, visitors.admitted, 'unanswered');
    await clock.advance(0);
    expect(visitors.admitted).toHaveLength(2);
  });

  test('is over for all when one was answered and nobody waits', async () => {
    const { gate, visitors } = await reopened(1);
    expect(kinds(visitors.enterAll(1))).toEqual([undefined]);
    settleAll(gate, visitors.admitted);
    await Promise.resolve();
    settleAll(gate, visitors.admitted.slice(1));
    expect(kinds(visitors.enterAll(10))).toEqual(Array(10).fill('admitted'));
  });

  test('a refusal closes it again for those who wait', async () => {
    const { clock, gate, visitors } = await reopened(10);
    gate.close(told(5000), refusalOf());
    settleAll(gate, visitors.admitted, 'unanswered');
    await clock.advance(4999);
    expect(visitors.admitted).toHaveLength(1);
    await clock.advance(1);
    expect(visitors.admitted).toHaveLength(2);
  });
});

describe('a call with a limit', () => {
  test.each([
    ['before the end of the told wait', 4999],
    ['exactly at its end', 5000],
    ['that is already over', 0],
    ['that has long been over', -1000],
  ])('%s is too late at once', (_, limitMs) => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    expect(visitors.enter({ limitMs }).said).toMatchObject({
      kind: 'too-late',
      refusal: { retryAfterMs: 5000, headers: { 'retry-after': '5' } },
    });
    expect(clock.timers).toBe(0);
  });

  test('is not made late by jitter alone: half of what is left has to do, for all', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000, 1000), refusalOf());
    visitors.enter({ limitMs: 5500 });
    visitors.enter();
    expect(gate.opensInMs).toBe(5250);
    await clock.advance(5249);
    expect(visitors.admitted).toEqual([]);
    await clock.advance(1);
    expect(kinds(visitors.all)).toEqual(['admitted', undefined]);
  });

  test('that comes in the ramp has expired then', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enter();
    const late = visitors.enter({ limitMs: 5200 });
    await clock.advance(5199);
    expect(late.said).toBeUndefined();
    await clock.advance(1);
    expect(late.said).toMatchObject({ kind: 'expired', refusal: { retryAfterMs: 0 } });
    expect(late.saidAtMs).toBe(5200);
    expect(visitors.enter({ limitMs: 0 }).said?.kind).toBe('expired');
  });

  test('is told at once when the told wait grows beyond it', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    const [late] = visitors.enterAll(1, { limitMs: 8000 });
    const patient = visitors.enter();
    await clock.advance(1000);
    gate.close(told(7000), refusalOf());
    await clock.advance(0);
    expect(late).toMatchObject({ saidAtMs: 1000, said: { kind: 'too-late' } });
    expect(patient.said).toBeUndefined();
  });

  test('is given the refusal that closed the gate last', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf({ status: 429 }));
    const late = visitors.enter({ limitMs: 8000 });
    gate.close(told(9000), refusalOf({ status: 503 }));
    await clock.advance(0);
    expect(late.said).toMatchObject({ refusal: { failure: { status: 503 } } });
  });
});

describe('aborts', () => {
  test('an aborted call does not wait', () => {
    const { clock, gate } = setUp();
    gate.close(told(5000), refusalOf());
    const signal = AbortSignal.abort();
    const said = gate.enter({ number: 1, limitAtMs: Number.POSITIVE_INFINITY, signal });
    expect(said).toEqual({ kind: 'aborted' });
    expect(clock.timers).toBe(0);
  });

  test('one that waits leaves at once, and the next takes its turn', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    const visits = visitors.enterAll(3);
    await clock.advance(1000);
    visits[0]?.abort();
    await clock.advance(4000);
    expect(kinds(visits)).toEqual(['aborted', 'admitted', undefined]);
    expect(visits[0]?.saidAtMs).toBe(1000);
  });

  test('when all who wait are aborted no timer is left', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    const visits = visitors.enterAll(3, { limitMs: 50_000 });
    expect(clock.timers).toBe(4);
    for (const { abort } of visits) abort();
    expect(clock.timers).toBe(0);
    expect(gate.waiting).toBe(0);
  });
});

describe.each([
  ['no money is left', QUOTA, undefined],
  ['the told wait is longer than maxRetryAfterMs', LONG, 90_000],
])('while %s', (_, closure, retryAfterMs) => {
  test('everyone is refused at once, those who wait as well', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(5000), refusalOf());
    visitors.enterAll(2);
    gate.close(closure, refusalOf({ status: 402 }));
    visitors.enterAll(2);
    await clock.advance(0);
    expect(kinds(visitors.all)).toEqual(Array(4).fill('refused'));
    for (const { said } of visitors.all) {
      if (said?.kind !== 'refused') throw new Error('it was not refused');
      expect(said.refusal.failure.status).toBe(402);
      expect(said.refusal.retryAfterMs).toBe(retryAfterMs);
    }
    expect(gate).toMatchObject({ state: 'refusing', waiting: 0 });
    expect(clock.timers).toBe(0);
  });

  test('a shorter told wait changes nothing', () => {
    const { gate, visitors } = setUp();
    gate.close(closure, refusalOf({ status: 402 }));
    gate.close(told(1000), refusalOf({ status: 429 }));
    expect(visitors.enter().said).toMatchObject({ refusal: { failure: { status: 402 } } });
  });

  test('one is let through as a probe each probeMs', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    for (let second = 0; second < 15; second++) {
      visitors.enterAll(2);
      await clock.advance(1000);
    }
    expect(visitors.admitted.map(({ enteredAtMs }) => enteredAtMs)).toEqual([5000, 10_000]);
    expect(visitors.admitted.every(isProbe)).toBe(true);
  });

  test('a probe that succeeds opens it for all', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    await clock.advance(5000);
    settleAll(gate, [visitors.enter()]);
    expect(gate.state).toBe('open');
    expect(kinds(visitors.enterAll(9))).toEqual(Array(9).fill('admitted'));
  });

  test.each<PermitEnd>(['answered', 'unanswered'])(
    'a probe that ended %s does not',
    async (end) => {
      const { clock, gate, visitors } = setUp({ probeMs: 5000 });
      gate.close(closure, refusalOf());
      await clock.advance(5000);
      settleAll(gate, [visitors.enter()], end);
      expect(gate.state).toBe('refusing');
      expect(visitors.enter().said?.kind).toBe('refused');
    },
  );

  test('a probe that succeeds long after it went opens it as well', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    await clock.advance(5000);
    const slow = visitors.enter();
    await clock.advance(6000);
    visitors.enter();
    settleAll(gate, [slow]);
    expect(gate.state).toBe('open');
  });

  test('a probe that went before a longer told wait says nothing of it', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    await clock.advance(5000);
    const stale = visitors.enter();
    gate.close(QUOTA, refusalOf());
    settleAll(gate, [stale]);
    expect(gate.state).toBe('refusing');
  });

  test('a probe that went before it was opened by hand does not open it again', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    await clock.advance(5000);
    const stale = visitors.enter();
    gate.open();
    gate.close(told(1000), refusalOf());
    settleAll(gate, [stale]);
    expect(gate.state).toBe('closed');
  });

  test('a probe that hangs keeps the next one back no longer than probeMs', async () => {
    const { clock, gate, visitors } = setUp({ probeMs: 5000 });
    gate.close(closure, refusalOf());
    await clock.advance(5000);
    visitors.enter();
    await clock.advance(4999);
    expect(visitors.enter().said?.kind).toBe('refused');
    await clock.advance(1);
    expect(visitors.enter().said?.kind).toBe('admitted');
  });

  test('opened by hand it is open', () => {
    const { clock, gate, visitors } = setUp();
    gate.close(closure, refusalOf());
    gate.open();
    expect(kinds(visitors.enterAll(5))).toEqual(Array(5).fill('admitted'));
    expect(clock.timers).toBe(0);
  });
});

test('a refusal by a long told wait says how much of it is left', async () => {
  const { clock, gate, visitors } = setUp();
  gate.close(LONG, refusalOf());
  await clock.advance(20_500);
  expect(visitors.enter().said).toMatchObject({
    refusal: { retryAfterMs: 69_500, headers: { 'retry-after': '70' } },
  });
});

test('a long told wait is waited out once maxRetryAfterMs is left of it', async () => {
  const { clock, gate, visitors } = setUp();
  gate.close(LONG, refusalOf());
  await clock.advance(29_999);
  expect(visitors.enter().said?.kind).toBe('refused');
  await clock.advance(1);
  const patient = visitors.enter();
  expect(gate.state).toBe('closed');
  await clock.advance(60_000);
  expect(patient.said?.kind).toBe('admitted');
});

test('no money left is no question of time', async () => {
  const { clock, gate } = setUp();
  gate.close(QUOTA, refusalOf());
  await clock.advance(30 * 24 * 3_600_000);
  expect(gate.state).toBe('refusing');
  expect(gate.opensInMs).toBe(Number.POSITIVE_INFINITY);
});

test('with a maxRetryAfterMs of 0 every told wait refuses', () => {
  const { gate, visitors } = setUp({ maxRetryAfterMs: 0 });
  gate.close(told(1), refusalOf());
  expect(visitors.enter().said?.kind).toBe('refused');
});

describe('opened by hand', () => {
  test('a closed gate lets those who wait go by its ramp', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(50_000), refusalOf());
    visitors.enterAll(7);
    gate.open();
    await clock.advance(0);
    expect(await rounds(clock, gate, visitors)).toEqual([1, 2, 4]);
    expect(clock.monotonic()).toBe(0);
  });

  test('a gate that reopens goes on as it was', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(1000), refusalOf());
    visitors.enterAll(100);
    await clock.advance(2250);
    gate.open();
    settleAll(gate, visitors.admitted, 'unanswered');
    await clock.advance(0);
    expect(visitors.admitted).toHaveLength(64);
  });

  test('it can be closed again', () => {
    const { gate, visitors } = setUp();
    gate.close(told(50_000), refusalOf());
    gate.open();
    gate.close(told(1000), refusalOf());
    expect(visitors.enter().said).toBeUndefined();
    expect(gate.opensInMs).toBe(1000);
  });
});

describe('what happens in the same moment', () => {
  test('who is let go and closes the gate at once lets nobody follow', async () => {
    const { clock, gate } = setUp();
    gate.close(told(1000), refusalOf());
    const gone: number[] = [];
    for (let number = 0; number < 10; number++) {
      void Promise.resolve(
        gate.enter({ number, limitAtMs: Number.POSITIVE_INFINITY, signal: undefined }),
      ).then((said) => {
        gone.push(number);
        gate.close(told(1000), refusalOf());
        if (said.kind === 'admitted' && said.permit) gate.settle(said.permit, 'unanswered');
      });
    }
    for (let second = 1; second <= 10; second++) {
      await clock.advance(1000);
      expect(gone).toHaveLength(second);
    }
  });

  test('a timer that rings while it is still closed opens nothing', async () => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(1000), refusalOf());
    visitors.enter();
    gate.close(told(3000), refusalOf());
    await clock.advance(2999);
    expect(visitors.admitted).toEqual([]);
    expect(clock.timers).toBe(1);
  });

  test('a clock that stands still holds everyone, and an answer still lets the next go', async () => {
    const { gate, visitors } = setUp();
    gate.close(told(0), refusalOf());
    visitors.enterAll(4);
    for (let settled = 0; settled < 4; settled++) {
      expect(visitors.admitted.length).toBeGreaterThan(settled);
      settleAll(gate, visitors.admitted.slice(settled, settled + 1));
      await Promise.resolve();
    }
    expect(gate.state).toBe('open');
  });
});

test.each([1e12, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])(
  'a told wait of %d ms is like any long one',
  async (ms) => {
    const { clock, gate, visitors } = setUp();
    gate.close(told(ms, 1000), refusalOf());
    expect(visitors.enter().said?.kind).toBe('refused');
    await clock.advance(30_000);
    settleAll(gate, [visitors.enter()]);
    expect(gate.state).toBe('open');
  },
);

test('ten thousand who wait, half of them aborted, all leave, and nothing is left', async () => {
  const { clock, gate, visitors } = setUp();
  gate.close(told(1000), refusalOf());
  const visits = visitors.enterAll(10_000, { limitMs: 100_000 });
  visits.forEach(({ abort }, index) => {
    if (index % 2 === 0) abort();
  });
  await clock.advance(20_000);
  expect(visitors.admitted).toHaveLength(5000);
  expect(visits.every(({ times }) => times === 1)).toBe(true);
  expect(clock.timers).toBe(0);
  expect(visits.flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([]);
});

test('a probe that succeeds when the gate has reopened by itself does not set its ramp back', async () => {
  const clock = new FakeClock();
  const gate = makeGate(clock);
  const visitors = new Visitors(clock, gate);
  gate.close(told(120_000), refusalOf());
  await clock.advance(30_000);
  const slow = visitors.enter();
  await clock.advance(60_000);
  const waiting = visitors.enterAll(100);
  await clock.advance(31_250);
  const gone = waiting.filter(({ said }) => said !== undefined);
  expect(gone).toHaveLength(32);
  gate.settle(permitOf(slow), 'succeeded');
  for (const visit of gone) gate.settle(permitOf(visit), 'answered');
  await clock.advance(0);
  // Each answer makes room for two.
  expect(waiting.filter(({ said }) => said !== undefined)).toHaveLength(96);
});

test('an allowance that is renewed soon refuses until then, as one without a time does', async () => {
  const { clock, gate } = setUp();
  gate.close(told(10_000), refusalOf({ kind: 'quota-exhausted' }));
  expect(gate.state).toBe('refusing');
  expect(gate.enter({ number: 1, limitAtMs: 1e9, signal: undefined })).toMatchObject({
    kind: 'refused',
    refusal: { retryAfterMs: 10_000, headers: { 'retry-after': '10' } },
  });
  await clock.advance(10_000);
  expect(gate.enter({ number: 2, limitAtMs: 1e9, signal: undefined })).toMatchObject({
    kind: 'admitted',
  });
});
