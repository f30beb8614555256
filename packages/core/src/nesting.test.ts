import { describe, expect, test } from 'vitest';
import { execute } from './execute.js';
import { attemptUnderWay, runAttempt } from './nesting.js';
import { definePolicy } from './policy.js';

const policy = definePolicy({ backoff: () => 0, retryBudget: false });

describe('an attempt that is under way', () => {
  test('is known while the function runs that makes it, and to nobody after it', () => {
    const mark = { over: false };
    expect(attemptUnderWay()).toBeUndefined();
    expect(runAttempt(mark, attemptUnderWay)).toBe(mark);
    expect(attemptUnderWay()).toBeUndefined();
  });

  test('is known again when one inside it has ended, by throwing too', () => {
    const outer = { over: false };
    const fail = () => {
      throw new Error('no');
    };
    runAttempt(outer, () => {
      expect(() => runAttempt({ over: false }, fail)).toThrow('no');
      expect(attemptUnderWay()).toBe(outer);
    });
  });

  test('is not known once it is over', () => {
    expect(runAttempt({ over: true }, attemptUnderWay)).toBeUndefined();
  });
});

test('only the outermost execute repeats', async () => {
  let requests = 0;
  const request = async () => ({ status: 503, number: ++requests });
  const inner = () => execute(request, policy, { method: 'GET' });
  const answer = await execute(inner, policy, { method: 'GET' });
  expect([answer.number, requests]).toEqual([4, 4]);
});

test('executes that run beside each other repeat each for itself', async () => {
  let requests = 0;
  const request = async () => ({ status: 503, number: ++requests });
  const one = () => execute(request, policy, { method: 'GET' });
  await Promise.all([one(), one()]);
  expect(requests).toBe(8);
});

test('what is called after an attempt is over is no part of it', async () => {
  let requests = 0;
  const request = async () => ({ status: 503, number: ++requests });
  let later: (() => Promise<unknown>) | undefined;
  await execute(
    async () => {
      later = () => execute(request, policy, { method: 'GET' });
      return { status: 200 };
    },
    policy,
    { method: 'GET' },
  );
  await later?.();
  expect(requests).toBe(4);
});
