import { describe, expect, test } from 'vitest';
import { hasRejectedWith, isCausedBy } from './error-chain.js';

const cause = new Error('cause');

function wrap(error: unknown, times: number): unknown {
  return times === 0 ? error : wrap(new Error('wrapped', { cause: error }), times - 1);
}

describe('an error is caused by', () => {
  test('itself, its cause, and the cause of that, up to eight errors', () => {
    expect(isCausedBy(cause, cause)).toBe(true);
    expect(isCausedBy(wrap(cause, 1), cause)).toBe(true);
    expect(isCausedBy(wrap(cause, 7), cause)).toBe(true);
    expect(isCausedBy(wrap(cause, 8), cause)).toBe(false);
    expect(isCausedBy('a reason', 'a reason')).toBe(true);
  });

  test('nothing that only looks the same, and nothing where it cannot be looked at', () => {
    expect(isCausedBy(new Error('cause'), cause)).toBe(false);
    expect(isCausedBy(cause, wrap(cause, 1))).toBe(false);
    expect(isCausedBy(null, cause)).toBe(false);
    const circle = Object.assign(new Error('circle'), { cause: undefined as unknown });
    circle.cause = circle;
    expect(isCausedBy(circle, cause)).toBe(false);
    const hostile = Object.defineProperty(new Error(), 'cause', {
      get: () => expect.unreachable(),
    });
    expect(isCausedBy(hostile, cause)).toBe(false);
  });
});

describe('work has rejected with an error', () => {
  const reject = async () => {
    throw cause;
  };
  const pass = async (work: Promise<unknown>) => await work;

  test('also when wrappers need some microtasks to pass it on', async () => {
    expect(await hasRejectedWith(pass(pass(pass(reject()))), cause)).toBe(true);
    expect(await hasRejectedWith(reject(), new Error('another'))).toBe(false);
  });

  test('not while it is pending, not when it has resolved, not when it is no promise', async () => {
    expect(await hasRejectedWith(new Promise(() => {}), cause)).toBe(false);
    expect(await hasRejectedWith(Promise.resolve(cause), cause)).toBe(false);
    expect(await hasRejectedWith(cause, cause)).toBe(false);
  });
});
