import { describe, expect, test } from 'vitest';
import {
  type Backoff,
  type BackoffContext,
  type BackoffFunction,
  DEFAULT_BACKOFF,
  nextBackoff,
} from './backoff.js';

function context(given: Partial<BackoffContext> = {}): BackoffContext {
  return { attempt: 1, kind: 'server-error', previousWaitMs: 0, random: 0.5, ...given };
}

/** The waits at the smallest, the middle and the largest random number. */
function spread(backoff: Backoff, given: Partial<BackoffContext> = {}, neverSent = false) {
  const at = (random: number) =>
    nextBackoff(backoff, context({ ...given, random }), neverSent).waitMs;
  return [at(0), at(0.5), at(1)];
}

function floor(backoff: Backoff, given: Partial<BackoffContext> = {}, neverSent = false): number {
  return nextBackoff(backoff, context(given), neverSent).floorMs;
}

test('the default is exponential with full jitter, from 500 ms, doubling to 20 s', () => {
  expect(DEFAULT_BACKOFF).toEqual({
    type: 'exponential',
    initialMs: 500,
    factor: 2,
    maxMs: 20_000,
    jitter: 'full',
  });
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 100, 1e6].map((attempt) => spread({}, { attempt })[2]);
  expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, 20_000]);
});

describe('shapes', () => {
  test.each<[string, Backoff, number, [number, number, number], number]>([
    ['full', { jitter: 'full' }, 1, [0, 250, 500], 0],
    ['full', { jitter: 'full' }, 3, [0, 1000, 2000], 0],
    ['equal', { jitter: 'equal' }, 1, [250, 375, 500], 250],
    ['equal', { jitter: 'equal' }, 4, [2000, 3000, 4000], 2000],
    ['none', { jitter: 'none' }, 1, [500, 500, 500], 500],
    ['none', { jitter: 'none' }, 2, [1000, 1000, 1000], 1000],
    ['none', { jitter: 'none', factor: 1 }, 9, [500, 500, 500], 500],
    ['none', { jitter: 'none', initialMs: 100, factor: 3 }, 4, [2700, 2700, 2700], 2700],
    ['none', { jitter: 'none', maxMs: 700 }, 5, [700, 700, 700], 700],
    ['none', { jitter: 'none', initialMs: 900, maxMs: 700 }, 1, [700, 700, 700], 700],
    ['constant', { type: 'constant', delayMs: 800 }, 1, [800, 800, 800], 800],
    ['constant', { type: 'constant', delayMs: 800 }, 7, [800, 800, 800], 800],
    ['constant', { type: 'constant', delayMs: 800, jitter: 'full' }, 1, [0, 400, 800], 0],
    ['constant', { type: 'constant', delayMs: 800, jitter: 'equal' }, 1, [400, 600, 800], 400],
    ['constant', { type: 'constant', delayMs: 0 }, 1, [0, 0, 0], 0],
    ['own', () => 123, 1, [123, 123, 123], 123],
    ['own', ({ attempt, random }) => attempt * 100 + random * 10, 2, [200, 205, 210], 205],
  ])('%s: %j after attempt %i waits %j', (_, backoff, attempt, waits, floorMs) => {
    expect(spread(backoff, { attempt })).toEqual(waits);
    expect(floor(backoff, { attempt })).toBe(floorMs);
  });

  test.each<[number, [number, number, number]]>([
    [0, [500, 500, 500]],
    [100, [500, 500, 500]],
    [500, [500, 1000, 1500]],
    [1500, [500, 2500, 4500]],
    [6000, [500, 9250, 18_000]],
    [20_000, [500, 20_000, 20_000]],
  ])(
    'decorrelated: after a wait of %i ms it is from the first wait to three times that',
    (previousWaitMs, waits) => {
      const backoff: Backoff = { jitter: 'decorrelated' };
      expect(spread(backoff, { previousWaitMs, attempt: 3 })).toEqual(waits);
      expect(floor(backoff, { previousWaitMs })).toBe(500);
    },
  );

  test('decorrelated never goes beyond its longest wait, even where the first is longer', () => {
    const backoff: Backoff = { jitter: 'decorrelated', initialMs: 900, maxMs: 700 };
    expect(spread(backoff)).toEqual([700, 700, 700]);
    expect(floor(backoff)).toBe(700);
  });
});

describe('without a jitter of one’s own', () => {
  test('what was never sent waits at least half', () => {
    expect(spread({}, {}, true)).toEqual([250, 375, 500]);
    expect(spread({ initialMs: 2000 }, { attempt: 2 }, true)).toEqual([2000, 3000, 4000]);
  });

  test('a rate limit without a hint waits at least a second', () => {
    const kind = 'rate-limited';
    expect(spread({}, { kind })).toEqual([1000, 1500, 2000]);
    expect(spread({}, { kind, attempt: 4 })).toEqual([2000, 3000, 4000]);
    expect(floor({}, { kind })).toBe(1000);
  });

  test.each(['overloaded', 'server-error', 'network', 'timeout', 'unknown'] as const)(
    '%s waits with full jitter',
    (kind) => {
      expect(spread({}, { kind })).toEqual([0, 250, 500]);
    },
  );

  test('a jitter that is given holds for all of them', () => {
    for (const jitter of ['full', 'equal', 'none'] as const) {
      const own = spread({ jitter });
      expect(spread({ jitter }, { kind: 'rate-limited' })).toEqual(own);
      expect(spread({ jitter }, {}, true)).toEqual(own);
    }
  });
});

describe('a function of the user', () => {
  test('is told the attempt, the kind, the last wait and a random number', () => {
    let told: BackoffContext | undefined;
    const given = context({ attempt: 3, kind: 'timeout', previousWaitMs: 70, random: 0.25 });
    nextBackoff((each) => {
      told = each;
      return 1;
    }, given);
    expect(told).toEqual(given);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['NaN', Number.NaN, 'NaN'],
    ['forever', Infinity, 'Infinity'],
    ['less than nothing', -1, '-1'],
    ['a text', '500', '500'],
    ['a bigint', 5n, '5'],
    ['an object', {}, '[object Object]'],
    ['a promise', Promise.resolve(5), '[object Promise]'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a long text', 'x'.repeat(999), 'x'.repeat(64)],
  ])('that returns %s is not followed, and a note says so', (_, returned, shown) => {
    const got = nextBackoff((() => returned) as BackoffFunction, context());
    expect(got).toEqual({
      waitMs: 250,
      floorMs: 0,
      note: `the backoff function returned ${shown}, not milliseconds; the default was used`,
    });
  });

  test('that throws is not followed either', () => {
    const thrower = () => {
      throw new Error('mine');
    };
    const got = nextBackoff(thrower, context({ kind: 'rate-limited' }));
    expect(got).toMatchObject({ waitMs: 1500, floorMs: 1000 });
    expect(got.note).toContain('an exception');
  });

  test('may return 0', () => {
    expect(nextBackoff(() => 0, context())).toEqual({ waitMs: 0, floorMs: 0 });
  });
});
