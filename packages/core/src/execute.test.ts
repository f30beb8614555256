import { FakeClock, recordEvents } from '@forbear/testing';
import { describe, expect, test, vi } from 'vitest';
import type { CallOptions } from './call.js';
import { execute } from './execute.js';
import { explain } from './explain.js';
import { InvalidOptionsError } from './options.js';
import { definePolicy, type PolicyOptions } from './policy.js';
import { type Trace, traceOf } from './trace.js';

function setUp(options: PolicyOptions = {}) {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, random: () => 0.5, ...options });
  return { clock, policy, events: recordEvents(policy) };
}

function answer(status: number, headers: Record<string, string> = {}) {
  return { status, headers };
}

test('a value that comes at once is given as it is, after one attempt', async () => {
  const { policy, events } = setUp();
  const value = { good: true };
  expect(await execute(() => value, policy)).toBe(value);
  expect(events.map((event) => event.type)).toEqual(['attempt', 'success']);
});

test('a GET that fails with 500 is repeated after the backoff, and its last answer is given', async () => {
  const { clock, policy, events } = setUp();
  const answers = [answer(500), answer(200)];
  const got = await clock.run(
    execute(({ number }) => answers[number - 1], policy, { method: 'GET' }),
  );
  expect(got).toBe(answers[1]);
  expect(clock.monotonic()).toBe(250);
  expect(events.map((event) => event.type)).toEqual([
    'attempt',
    'waiting',
    'retry',
    'attempt',
    'success',
  ]);
});

test('a POST that fails with 500 is handed out after one attempt, with the remedy in its trace', async () => {
  const { policy } = setUp();
  const given = answer(500);
  const operation = vi.fn(() => given);
  expect(await execute(operation, policy, { method: 'POST' })).toBe(given);
  expect(operation).toHaveBeenCalledTimes(1);
  const trace = traceOf(given) as Trace;
  expect(trace).toMatchObject({
    reason: 'may-have-been-done',
    mayHaveBeenBilled: true,
    possibleBills: 1,
  });
  expect(explain(trace)).toContain('set repeatable: true to accept a double bill');
});

test('repeatable: true repeats it and counts what that may have cost', async () => {
  const { clock, policy } = setUp();
  const answers = [answer(500), answer(200)];
  const got = await clock.run(
    execute(({ number }) => answers[number - 1], policy, { method: 'POST', repeatable: true }),
  );
  expect(traceOf(got)).toMatchObject({
    outcome: 'success',
    mayHaveBeenBilled: true,
    possibleBills: 2,
  });
});

test('an error is thrown as the same object, with its own prototype and properties', async () => {
  const { clock, policy } = setUp({ maxRetries: 1 });
  const error = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  });
  const keys = Reflect.ownKeys(error);
  const failing = execute(() => Promise.reject(error), policy, { method: 'POST' });
  await expect(clock.run(failing)).rejects.toBe(error);
  expect(Reflect.ownKeys(error)).toEqual(keys);
  expect(traceOf(error)?.attempts).toHaveLength(2);
});

test.each([undefined, null, 'text', 0, { some: 'object' }])(
  'a thrown %j is a failure like any other and comes out as it is',
  async (thrown) => {
    const { clock, policy } = setUp();
    const operation = vi.fn(() => {
      throw thrown;
    });
    let caught: unknown = 'nothing';
    await clock.run(
      execute(operation, policy, { repeatable: true }).catch((error) => {
        caught = error;
      }),
    );
    expect(caught).toBe(thrown);
    expect(operation).toHaveBeenCalledTimes(4);
  },
);

test('an aborted wait rejects at once with the reason itself and starts nothing more', async () => {
  const { clock, policy, events } = setUp();
  const controller = new AbortController();
  const reason = { mine: true };
  const operation = vi.fn(() => answer(429, { 'retry-after': '30' }));
  const settled = vi.fn();
  const call = execute(operation, policy, { signal: controller.signal, onSettled: settled });
  const rejected = expect(call).rejects.toBe(reason);
  await clock.advance(10_000);
  controller.abort(reason);
  await rejected;
  expect(clock.timers).toBe(0);
  await clock.advance(60_000);
  expect(operation).toHaveBeenCalledTimes(1);
  expect(events.at(-1)).toMatchObject({ type: 'give-up', reason: 'aborted' });
  expect(settled).toHaveBeenCalledTimes(1);
  expect(traceOf(reason)).toBeUndefined();
});

test('a signal that is aborted before the call starts nothing', async () => {
  const operation = vi.fn();
  const signal = AbortSignal.abort('no');
  await expect(execute(operation, undefined, { signal })).rejects.toBe('no');
  expect(operation).not.toHaveBeenCalled();
});

test('without a time limit the operation gets the very signal of the caller', async () => {
  const { policy } = setUp();
  const { signal } = new AbortController();
  expect(await execute((attempt) => attempt.signal, policy, { signal })).toBe(signal);
});

describe('time limits', () => {
  const never = () => new Promise<never>(() => {});

  test('a deadline that runs out in an attempt rejects with a TimeoutError', async () => {
    const { clock, policy } = setUp({ deadlineMs: 1000 });
    await expect(clock.run(execute(never, policy))).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'deadlineMs ran out',
    });
    expect(clock.monotonic()).toBe(1000);
    expect(clock.timers).toBe(0);
  });

  test('an attempt timeout of something repeatable is followed by another attempt', async () => {
    const { clock, policy } = setUp({ attemptTimeoutMs: 1000 });
    const got = execute(({ number }) => (number === 1 ? never() : 'ok'), policy, { method: 'GET' });
    expect(await clock.run(got)).toBe('ok');
    expect(clock.monotonic()).toBe(1250);
  });

  test('a value that arrives after its limit is discarded, not lost', async () => {
    const { clock, policy } = setUp({ attemptTimeoutMs: 1000 });
    const discard = vi.fn();
    const late = { late: true };
    const operation = ({ number }: { number: number }) =>
      number === 1
        ? new Promise((resolve) => clock.setTimer(() => resolve(late), 5000))
        : new Promise((resolve) => clock.setTimer(() => resolve('ok'), 900));
    const call = execute<unknown>(operation, policy, { method: 'GET', discard });
    expect(await clock.run(call)).toBe('ok');
    await clock.advance(10_000);
    expect(discard.mock.calls).toEqual([[late]]);
  });

  test('a wait that cannot end in time is not begun, and the last answer is given', async () => {
    const { clock, policy } = setUp({ deadlineMs: 1500 });
    const operation = vi.fn(() => answer(429, { 'retry-after': '1' }));
    const got = await clock.run(execute(operation, policy, { method: 'POST' }));
    expect(got).toBe(operation.mock.results.at(-1)?.value);
    expect(operation).toHaveBeenCalledTimes(2);
    expect(clock.monotonic()).toBeLessThan(1500);
    expect(traceOf(got)).toMatchObject({ reason: 'past-deadline' });
  });
});

test('a value that nobody will read is discarded before the wait, the last one is not', async () => {
  const { clock, policy } = setUp({ maxRetries: 2 });
  const discarded: unknown[] = [];
  const answers = [answer(503), answer(502), answer(500)];
  const call: CallOptions<unknown> = { method: 'GET', discard: (value) => discarded.push(value) };
  const got = await clock.run(execute(({ number }) => answers[number - 1], policy, call));
  expect(got).toBe(answers[2]);
  expect(discarded).toEqual(answers.slice(0, 2));
});

test('listeners, onSettled and discard that throw or reject harm nobody', async () => {
  const { clock, policy } = setUp();
  const bad = () => {
    throw new Error('listener');
  };
  policy.events.on('attempt', bad);
  policy.events.on('success', () => Promise.reject(new Error('async listener')));
  const call = { method: 'GET', discard: bad, onSettled: bad };
  const got = execute(({ number }) => answer(number === 1 ? 500 : 200), policy, call);
  expect(await clock.run(got)).toEqual(answer(200));
});

test('a gather that throws leaves the outcome to be read as it is', async () => {
  const { clock, policy } = setUp();
  const gather = () => {
    throw new Error('gather');
  };
  const got = execute(({ number }) => answer(number === 1 ? 500 : 200), policy, {
    method: 'GET',
    gather,
  });
  expect(await clock.run(got)).toEqual(answer(200));
});

test('every problem of the options of a call is named at once', async () => {
  const call = { maxRetrys: 2, deadlineMs: -1 } as CallOptions<unknown>;
  const error = await execute(() => 1, undefined, call).catch((caught) => caught);
  if (!(error instanceof InvalidOptionsError)) throw error;
  expect(error.problems).toHaveLength(2);
  expect(error.message).toContain('did you mean maxRetries?');
});

test('a clock that throws in a wait ends the call, and the answer that nobody reads is freed', async () => {
  const broken = {
    now: () => 0,
    monotonic: () => 0,
    setTimer: () => {
      throw new Error('no timer');
    },
  };
  const policy = definePolicy({ clock: broken, random: () => 0.5 });
  const given = answer(500);
  const discard = vi.fn();
  const operation = vi.fn(() => given);
  const call = execute(operation, policy, { method: 'GET', discard });
  await expect(call).rejects.toThrow('no timer');
  expect(operation).toHaveBeenCalledTimes(1);
  expect(discard).toHaveBeenCalledExactlyOnceWith(given);
});

test('what is no policy is refused, together with the problems of the call', async () => {
  const call = { method: '' } as CallOptions<number>;
  const error = await execute(() => 1, { maxRetries: 2 } as never, call).catch((caught) => caught);
  if (!(error instanceof InvalidOptionsError)) throw error;
  expect(error.problems.map(({ option }) => option).sort()).toEqual(['method', 'policy']);
});

test('ten thousand calls that fail, wait and are aborted at random each settle once', async () => {
  const { clock, policy } = setUp({ random: Math.random });
  const signal = new AbortController();
  let settled = 0;
  const calls = Array.from({ length: 10_000 }, (_, index) =>
    execute(
      ({ number }) => answer(number > index % 5 ? 200 : 503, { 'retry-after': '1' }),
      policy,
      {
        signal: index % 3 === 0 ? signal.signal : null,
      },
    ).then(
      () => settled++,
      () => settled++,
    ),
  );
  clock.setTimer(() => signal.abort(), 1050);
  await clock.run(Promise.all(calls));
  expect(settled).toBe(10_000);
  expect(clock.timers).toBe(0);
});

test('a value or an error that cannot be looked at is given as it is', async () => {
  const { policy } = setUp();
  const hostile = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'then') return undefined;
        throw new Error('do not touch');
      },
    },
  );
  expect(await execute(() => hostile, policy)).toBe(hostile);
  const caught = await execute(() => Promise.reject(hostile), policy).catch((error) => error);
  expect(caught).toBe(hostile);
});

test('a random source that throws ends the call; the work is not done again', async () => {
  let draws = 0;
  const { clock, policy } = setUp({
    random: () => {
      if (++draws > 1) throw new Error('no randomness');
      return 0.5;
    },
  });
  const operation = vi.fn(() => answer(500));
  const call = execute(operation, policy, { method: 'GET' });
  await expect(clock.run(call)).rejects.toThrow('no randomness');
  expect(operation).toHaveBeenCalledTimes(2);
});
