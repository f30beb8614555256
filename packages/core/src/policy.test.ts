import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { systemClock } from './clock.js';
import { DEFAULTS } from './defaults.js';
import { genericProfile } from './generic-profile.js';
import { InvalidOptionsError } from './options.js';
import { definePolicy, type PolicyOptions } from './policy.js';

function problemsOf(options: object): string[] {
  try {
    definePolicy(options as PolicyOptions);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidOptionsError)) throw error;
    return error.problems.map(({ option }) => option);
  }
}

test('without options it is the documented defaults', () => {
  const policy = definePolicy();
  expect(policy).toMatchObject({
    provider: genericProfile,
    maxRetries: 3,
    backoff: {},
    maxRetryAfterMs: 60_000,
    maxHoldMs: 120_000,
    probeMs: 30_000,
    retryBudget: { perCall: 0.1, perSecond: 10, max: 100 },
    key: undefined,
    deadlineMs: undefined,
    attemptTimeoutMs: undefined,
    repeatable: false,
    clock: systemClock,
    random: Math.random,
  });
  expect(policy).toMatchObject(DEFAULTS);
});

test('options that are undefined count as not given', () => {
  const { events: _, gates: __, ...defaults } = definePolicy();
  const given = Object.fromEntries(Object.keys(defaults).map((name) => [name, undefined]));
  expect(definePolicy(given)).toMatchObject(defaults);
});

test('what is given is kept', () => {
  const clock = new FakeClock();
  const backoff = () => 5;
  const given: PolicyOptions = {
    maxRetries: 0,
    maxRetryAfterMs: 0,
    repeatable: true,
    clock,
    backoff,
  };
  expect(definePolicy(given)).toMatchObject(given);
});

test('it is frozen, and a change of the given options does not reach it', () => {
  const backoff = { initialMs: 100 };
  const policy = definePolicy({ backoff });
  backoff.initialMs = 7;
  expect(policy.backoff).toEqual({ initialMs: 100 });
  expect(Object.isFrozen(policy)).toBe(true);
  expect(Object.isFrozen(policy.backoff)).toBe(true);
  expect(Object.isFrozen(backoff)).toBe(false);
});

test('each policy has events of its own', () => {
  expect(definePolicy().events).not.toBe(definePolicy().events);
});

describe('options that cannot be meant', () => {
  test.each<[object, string[]]>([
    [{ maxRetries: -1 }, ['maxRetries']],
    [{ maxRetries: 1.5 }, ['maxRetries']],
    [{ maxRetries: 1001 }, ['maxRetries']],
    [{ maxRetries: Infinity }, ['maxRetries']],
    [{ maxRetries: '3' }, ['maxRetries']],
    [{ deadlineMs: 0 }, ['deadlineMs']],
    [{ deadlineMs: Infinity }, ['deadlineMs']],
    [{ attemptTimeoutMs: Number.NaN }, ['attemptTimeoutMs']],
    [{ maxRetryAfterMs: -1 }, ['maxRetryAfterMs']],
    [{ repeatable: 'POST' }, ['repeatable']],
    [{ provider: 'flexai' }, ['provider']],
    [{ provider: { name: 'x' } }, ['provider']],
    [{ clock: Date }, ['clock']],
    [{ clock: { now: Date.now } }, ['clock']],
    [{ random: 0.5 }, ['random']],
    [{ backoff: 'exponential' }, ['backoff']],
    [{ backoff: null }, ['backoff']],
    [{ backoff: [] }, ['backoff']],
    [{ backoff: 500 }, ['backoff']],
    [{ backoff: { type: 'linear' } }, ['backoff.type']],
    [{ backoff: { type: null } }, ['backoff.type']],
    [{ backoff: { initialMs: 0 } }, ['backoff.initialMs']],
    [{ backoff: { factor: 0.5 } }, ['backoff.factor']],
    [{ backoff: { factor: Infinity } }, ['backoff.factor']],
    [{ backoff: { maxMs: '1' } }, ['backoff.maxMs']],
    [{ backoff: { jitter: true } }, ['backoff.jitter']],
    [{ backoff: { delayMs: 5 } }, ['backoff.delayMs']],
    [{ backoff: { type: 'constant' } }, ['backoff.delayMs']],
    [{ backoff: { type: 'constant', delayMs: -1 } }, ['backoff.delayMs']],
    [{ backoff: { type: 'constant', delayMs: 1, factor: 2 } }, ['backoff.factor']],
    [{ backoff: { type: 'constant', delayMs: 1, jitter: 'decorrelated' } }, ['backoff.jitter']],
    [
      { maxRetries: -1, retries: 5, backoff: { jitter: 'half', min: 1 }, random: 5 },
      ['maxRetries', 'retries', 'backoff.jitter', 'backoff.min', 'random'],
    ],
  ])('%j', (options, problems) => {
    expect(problemsOf(options)).toEqual(problems);
  });

  test.each([null, 5, 'fast', []])('%j in place of the options', (options) => {
    expect(problemsOf(options as object)).toEqual(['options']);
  });
});

test.each<PolicyOptions>([
  { maxRetries: 1000 },
  { maxRetryAfterMs: 0 },
  { deadlineMs: 1, attemptTimeoutMs: 1 },
  { backoff: {} },
  { backoff: { type: 'exponential', initialMs: 1, factor: 1, maxMs: 1, jitter: 'none' } },
  { backoff: { type: 'constant', delayMs: 0, jitter: 'equal' } },
  { backoff: () => 0 },
  { provider: genericProfile },
])('%j is good', (options) => {
  expect(() => definePolicy(options)).not.toThrow();
});
