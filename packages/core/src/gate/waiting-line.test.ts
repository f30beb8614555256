import { getEventListeners } from 'node:events';
import { FakeClock } from '@forbear/testing';
import { describe, expect, test, vi } from 'vitest';
import { Waiting, WaitingLine } from './waiting-line.js';

interface Joining {
  readonly limitAtMs?: number;
  readonly signal?: AbortSignal;
}

class Call extends Waiting<string> {
  readonly number: number;
  readonly limitAtMs: number;
  readonly signal: AbortSignal | undefined;
  readonly tell: (end: string) => void;

  constructor(
    number: number,
    tell: (end: string) => void,
    { limitAtMs = Number.POSITIVE_INFINITY, signal }: Joining = {},
  ) {
    super();
    this.number = number;
    this.tell = tell;
    this.limitAtMs = limitAtMs;
    this.signal = signal;
  }

  aborted(): string {
    return 'aborted';
  }

  expired(): string {
    return 'expired';
  }
}

function setUp() {
  const clock = new FakeClock();
  const onLeave = vi.fn();
  const line = new WaitingLine<string>(clock, onLeave);
  const left: string[] = [];
  const join = (number: number, joining?: Joining) => {
    line.join(new Call(number, (end) => left.push(`${number} ${end}`), joining));
  };
  return { clock, line, left, join, onLeave };
}

test.each([[[1, 2, 3, 4]], [[4, 3, 2, 1]], [[3, 1, 4, 2]]])(
  'whoever joins in the order %j, the oldest goes first',
  async (order) => {
    const { clock, line, left, join } = setUp();
    for (const number of order) join(number);
    expect(line.length).toBe(4);
    while (line.length > 0) line.shift('go');
    await clock.advance(0);
    expect(left).toEqual(['1 go', '2 go', '3 go', '4 go']);
  },
);

test('an empty line lets nobody go', () => {
  const { line, onLeave } = setUp();
  line.shift('go');
  expect(line.length).toBe(0);
  expect(onLeave).not.toHaveBeenCalled();
});

test('who has a limit leaves when it comes, the others stay', async () => {
  const { clock, line, left, join, onLeave } = setUp();
  join(1);
  join(2, { limitAtMs: 1000 });
  join(3, { limitAtMs: 2000 });
  await clock.advance(999);
  expect(left).toEqual([]);
  await clock.advance(1);
  expect(left).toEqual(['2 expired']);
  expect(line.length).toBe(2);
  expect(onLeave).toHaveBeenCalledTimes(1);
  await clock.advance(1000);
  expect(left).toEqual(['2 expired', '3 expired']);
});

test('who is aborted leaves at once, the others stay', async () => {
  const { clock, line, left, join, onLeave } = setUp();
  const controller = new AbortController();
  join(1);
  join(2, { signal: controller.signal });
  join(3);
  controller.abort();
  await clock.advance(0);
  expect(left).toEqual(['2 aborted']);
  expect(line.length).toBe(2);
  expect(onLeave).toHaveBeenCalledTimes(1);
});

test('a signal that many share lets all of them leave', async () => {
  const { clock, line, left, join } = setUp();
  const controller = new AbortController();
  for (let number = 0; number < 100; number++) {
    join(number, number % 2 === 0 ? { signal: controller.signal } : {});
  }
  controller.abort();
  await clock.advance(0);
  expect(left).toHaveLength(50);
  expect(line.length).toBe(50);
});

test('however one leaves, neither a timer nor a listener is left', async () => {
  const { clock, line, join } = setUp();
  const controllers = Array.from({ length: 4 }, () => new AbortController());
  controllers.forEach(({ signal }, number) => {
    join(number, { signal, limitAtMs: number === 2 ? 5 : 1000 });
  });
  line.shift('go');
  controllers[1]?.abort();
  await clock.advance(10);
  line.drop(1000, () => 'dropped');
  expect(line.length).toBe(0);
  expect(clock.timers).toBe(0);
  for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('who was let go can neither be aborted nor be late', async () => {
  const { clock, line, left, join, onLeave } = setUp();
  const controller = new AbortController();
  join(1, { signal: controller.signal, limitAtMs: 1000 });
  line.shift('go');
  controller.abort();
  await clock.advance(2000);
  expect(left).toEqual(['1 go']);
  expect(onLeave).not.toHaveBeenCalled();
});

test('who waits without a limit has no timer', () => {
  const { clock, join } = setUp();
  join(1);
  expect(clock.timers).toBe(0);
});

describe('dropping', () => {
  test('lets those leave whose limit is no later, in their order', async () => {
    const { clock, line, left, join, onLeave } = setUp();
    join(1, { limitAtMs: 3000 });
    join(2, { limitAtMs: 1000 });
    join(3);
    join(4, { limitAtMs: 2000 });
    line.drop(2000, () => 'dropped');
    await clock.advance(0);
    expect(left).toEqual(['2 dropped', '4 dropped']);
    expect(line.length).toBe(2);
    expect(onLeave).not.toHaveBeenCalled();
  });

  test('leaves alone whoever has a later limit', () => {
    const { line, join } = setUp();
    join(1, { limitAtMs: 1001 });
    line.drop(1000, () => 'dropped');
    expect(line.length).toBe(1);
  });
});

describe('the first limit', () => {
  test('is endless while nobody has one', () => {
    const { line, join } = setUp();
    join(1);
    expect(line.firstLimitAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('is the earliest, wherever it stands', () => {
    const { line, join } = setUp();
    join(2, { limitAtMs: 2000 });
    join(3, { limitAtMs: 1000 });
    join(1, { limitAtMs: 3000 });
    expect(line.firstLimitAtMs).toBe(1000);
  });

  test('is that of those who stay after dropping, and endless when all have gone', () => {
    const { line, join } = setUp();
    join(1, { limitAtMs: 1000 });
    join(2, { limitAtMs: 2000 });
    line.drop(1500, () => 'dropped');
    expect(line.firstLimitAtMs).toBe(2000);
    line.shift('go');
    expect(line.firstLimitAtMs).toBe(Number.POSITIVE_INFINITY);
  });
});

test('calls that come back behind a newer one join the line without walking along it', () => {
  const line = new WaitingLine<string>(new FakeClock(), () => {});
  let comparisons = 0;
  const join = (value: number) => {
    const counted = {
      valueOf() {
        comparisons++;
        return value;
      },
    };
    line.join(new Call(counted as unknown as number, () => {}));
  };
  join(1e9);
  for (let number = 0; number < 1000; number++) join(number);
  // Thirty times two for each would do for any structure that is ordered.
  expect(comparisons).toBeLessThan(60_000);
});
