import { definePolicy, InvalidOptionsError } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import {
  carriesOptions,
  type FetchOptions,
  type ForbearInit,
  readFetchOptions,
  splitInit,
} from './fetch-options.js';

const read = (options: unknown) => readFetchOptions(options as FetchOptions);

test('without options there is a policy of defaults, no fetch, and 1 MiB for a Request', () => {
  const { policy, fetch, maxReplayBytes } = read({});
  expect(policy.maxRetries).toBe(3);
  expect(fetch).toBeUndefined();
  expect(maxReplayBytes).toBe(1_048_576);
});

test('options of a policy make one', () => {
  expect(read({ maxRetries: 7, maxReplayBytes: 0 })).toMatchObject({
    policy: { maxRetries: 7 },
    maxReplayBytes: 0,
  });
});

test('a given policy is used as it is', () => {
  const policy = definePolicy();
  expect(read({ policy, fetch: globalThis.fetch })).toMatchObject({ fetch: globalThis.fetch });
  expect(read({ policy }).policy).toBe(policy);
});

test('an option of a policy beside a policy is told where it belongs', () => {
  const policy = definePolicy();
  expect(() => read({ policy, maxRetries: 1 })).toThrow(
    /maxRetries: got 1; give it to definePolicy\(\), since there is a policy/,
  );
});

test.each([
  ['a policy that is none', { policy: { events: 1 } }, 'policy'],
  ['a policy that is null', { policy: null }, 'policy'],
  ['a fetch that is none', { fetch: {} }, 'fetch'],
  ['less than no bytes', { maxReplayBytes: -1 }, 'maxReplayBytes'],
  ['bytes that are no number', { maxReplayBytes: Number.NaN }, 'maxReplayBytes'],
  ['no options at all', null, 'options'],
  ['a function', () => {}, 'options'],
])('%s is an error that names it', (_, options, option) => {
  expect(() => read(options)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ option })] }),
  );
});

describe('forbear in init', () => {
  test.each([
    [undefined, false],
    [null, false],
    ['text', false],
    [{}, false],
    [{ forbear: undefined }, true],
    [{ forbear: false }, true],
    [Object.create({ forbear: {} }), true],
  ])('of %j is there: %s', (init, expected) => {
    expect(carriesOptions(init as ForbearInit)).toBe(expected);
  });

  test.each([[undefined], [false], [{ maxRetries: 1 }]])('%j is taken out', (forbear) => {
    const init = { method: 'POST', forbear } as ForbearInit;
    expect(splitInit(init)).toStrictEqual({ kept: { method: 'POST' }, call: forbear });
    expect(init).toHaveProperty('forbear');
  });

  test('is checked, and each problem is named by its path', () => {
    const forbear = { maxRetries: -1, body: 'x', retries: 1 };
    const split = () => splitInit({ forbear } as unknown as ForbearInit);
    expect(split).toThrow(InvalidOptionsError);
    expect(split).toThrow(/forbear\.maxRetries: .*\n.*forbear\.body: .*\n.*forbear\.retries: /);
  });
});
