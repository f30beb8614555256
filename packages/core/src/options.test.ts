import { describe, expect, test } from 'vitest';
import {
  assertOptions,
  booleanOption,
  type Check,
  check,
  durationMs,
  functionOption,
  InvalidOptionsError,
  oneOf,
  record,
} from './options.js';

const CHECKS = {
  maxRetries: durationMs(),
  deadlineMs: durationMs(1),
  attemptTimeoutMs: durationMs(1),
  repeatable: booleanOption,
  mode: oneOf('full', 'none'),
  onSettled: functionOption,
  inner: record({ deadlineMs: durationMs() }),
};

function caught(given: unknown, checks = CHECKS): InvalidOptionsError {
  try {
    assertOptions('createThing', given, checks);
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error;
  }
  throw new Error('no InvalidOptionsError was thrown');
}

test('good options, options that are undefined, and no options pass', () => {
  const good = {
    maxRetries: 0,
    deadlineMs: 1,
    repeatable: false,
    mode: 'none',
    onSettled: () => {},
    inner: { deadlineMs: undefined },
  };
  for (const given of [good, {}, undefined, { deadlineMs: undefined }, Object.create(null)]) {
    expect(() => assertOptions('createThing', given, CHECKS)).not.toThrow();
  }
});

test('every problem is listed at once, each with its option, its value and its remedy', () => {
  const error = caught({
    maxRetries: -1,
    deadlineMs: '5',
    mode: 'half',
    inner: { deadlineMs: {} },
  });
  expect(error.message).toBe(
    [
      'createThing got 4 bad option(s):',
      '  maxRetries: got -1; give milliseconds, a finite number of 0 or more',
      '  deadlineMs: got "5"; give milliseconds, a finite number of 1 or more',
      "  mode: got \"half\"; give 'full', 'none'",
      '  inner.deadlineMs: got an object; give milliseconds, a finite number of 0 or more',
    ].join('\n'),
  );
  expect(error.problems[3]).toEqual({
    option: 'inner.deadlineMs',
    value: 'an object',
    remedy: 'give milliseconds, a finite number of 0 or more',
  });
});

test('the error is a TypeError with a name of its own', () => {
  const error = caught({ maxRetries: -1 });
  expect(error).toBeInstanceOf(TypeError);
  expect(error.name).toBe('InvalidOptionsError');
});

describe('a name that is not known', () => {
  test.each([
    ['maxRetrys', 'maxRetries'],
    ['MaxRetries', 'maxRetries'],
    ['max_retries', 'maxRetries'],
    ['retries', 'maxRetries'],
    ['deadline', 'deadlineMs'],
    ['deadlineMS', 'deadlineMs'],
    ['timeout', 'attemptTimeoutMs'],
    ['attemptTimeout', 'attemptTimeoutMs'],
    ['repeatables', 'repeatable'],
    ['settled', 'onSettled'],
  ])('%s: did you mean %s?', (name, meant) => {
    const remedy = `there is no such option; did you mean ${meant}?`;
    expect(caught({ [name]: 1 }).problems).toEqual([{ option: name, value: '1', remedy }]);
  });

  test.each(['zzz', '', '$', '5'])('%j is like none, so all of them are named', (name) => {
    expect(caught({ [name]: 1 }).message).toContain(
      `${name}: got 1; there is no such option; there are maxRetries, deadlineMs, `,
    );
  });

  test('its text is not shown, since it may be a secret', () => {
    const { message, problems } = caught({ apiKey: 'sk-live-1' });
    expect(problems).toMatchObject([{ option: 'apiKey', value: 'a text' }]);
    expect(message).not.toContain('sk-live-1');
  });

  test('the names of what every object has are not known either', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(caught({ [name]: 1 }).problems[0]?.remedy).toContain('there is no such option');
    }
    const proto = JSON.parse('{"__proto__": 1}');
    expect(caught(proto).problems).toMatchObject([{ option: '__proto__' }]);
  });

  test('within another option it is told with its path', () => {
    expect(caught({ inner: { deadline: 5 } }).problems).toEqual([
      {
        option: 'inner.deadline',
        value: '5',
        remedy: 'there is no such option; did you mean deadlineMs?',
      },
    ]);
  });

  test('one that is undefined is a problem all the same: it is misspelt', () => {
    expect(caught({ maxRetrys: undefined }).problems).toHaveLength(1);
  });
});

describe('values', () => {
  const show = (value: unknown) => caught({ mode: value }).problems[0]?.value;

  test.each<[unknown, string]>([
    ['text', '"text"'],
    ['two\nlines', '"two\\nlines"'],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [5n, '5'],
    [null, 'null'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [{ secret: 'sk-1' }, 'an object'],
    [Object.create(null), 'an object'],
    [['sk-1'], 'an array'],
    [() => 'sk-1', 'a function'],
    [class Sk1 {}, 'a function'],
  ])('%o is shown as %s', (value, shown) => {
    expect(show(value)).toBe(shown);
  });

  test('a long one is cut to 60 characters', () => {
    expect(show('x'.repeat(60))).toBe(`"${'x'.repeat(59)}…`);
    expect(show('x'.repeat(58))).toBe(`"${'x'.repeat(58)}"`);
  });
});

test.each([null, 5, 'text', [], () => {}])('%o in place of the options is told so', (given) => {
  expect(caught(given).problems).toMatchObject([{ option: 'options', remedy: 'give an object' }]);
});

test('inherited options are not read', () => {
  expect(() => assertOptions('x', Object.create({ maxRetries: -1 }), CHECKS)).not.toThrow();
});

describe('checks', () => {
  test.each<[string, Check, unknown[], unknown[]]>([
    ['milliseconds', durationMs(1), [1, 1.5, 1e12], [0, -1, Number.NaN, Infinity, '5', null, 5n]],
    ['milliseconds from 0', durationMs(), [0, 1e-9], [-1e-9]],
    ['words', oneOf('a', 'b'), ['a', 'b'], ['c', 'A', '', 5, null, ['a']]],
    ['true or false', booleanOption, [true, false], [0, 1, 'true', null]],
    ['a function', functionOption, [() => {}, Math.max], [null, {}, 'f']],
    ['one of one’s own', check((value) => value === 5, 'give 5'), [5], ['5', null]],
  ])('%s', (_, own, good, bad) => {
    for (const value of [...good, undefined]) expect(own(value, 'a')).toEqual([]);
    for (const value of bad) expect(own(value, 'a'), String(value)).toHaveLength(1);
  });
});
