import { getEventListeners } from 'node:events';
import { FakeClock, recordEvents } from '@forbear/testing';
import { describe, expect, test, vi } from 'vitest';
import type { CallOptions, Operation } from './call.js';
import { execute } from './execute.js';
import { explain } from './explain.js';
import type { Facts } from './facts.js';
import type { GivenRefusal } from './gate/refusal.js';
import { definePolicy, type PolicyOptions } from './policy.js';
import type { PolicyEvent } from './policy-events.js';
import { type Trace, traceOf } from './trace.js';

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const OK: Answer = { status: 200 };
const SPENT = '{"error":{"code":"insufficient_quota"}}';
const NO_ROUTE = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });

/** A rate limit that tells a wait. */
function limited(seconds: number): Answer {
  return { status: 429, headers: { 'retry-after': String(seconds) } };
}

function broke(): Answer {
  return { status: 402, body: SPENT };
}

/** Reads answers of these tests, body and all. */
const gather: CallOptions<Answer>['gather'] = (outcome): Facts =>
  outcome.ok ? outcome.value : { error: outcome.error };

function setUp(options: PolicyOptions = {}) {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, random: () => 0, ...options });
  const events = recordEvents(policy);
  const traces: Trace[] = [];
  /** Makes a call that notes its trace when it has settled. */
  const call = (operation: Operation<Answer>, options: CallOptions<Answer> = {}) =>
    execute(operation, policy, {
      method: 'POST',
      gather,
      onSettled: (trace) => traces.push(trace),
      ...options,
    });
  /** Closes the gate by a call that is not repeated. */
  const close = (answer: Answer) => call(() => answer, { maxRetries: 0 });
  /** An answer that takes a while. */
  const slowly = (answer: Answer, ms: number) =>
    new Promise<Answer>((resolve) => clock.setTimer(() => resolve(answer), ms));
  const state = () => policy.gates.snapshot()[0]?.state;
  return { clock, policy, events, traces, call, close, slowly, state };
}

function types(events: readonly PolicyEvent[], call: number | undefined): readonly string[] {
  return events.filter((event) => event.call === call).map(({ type }) => type);
}

/** Events by their calls, the first call first. */
function byCall(events: readonly PolicyEvent[]): readonly (readonly string[])[] {
  return [...new Set(events.map(({ call }) => call))].map((call) => types(events, call));
}

describe('a told wait', () => {
  test('is spent in the gate, and others wait behind the call that was told', async () => {
    const { clock, events, traces, call } = setUp();
    const order: string[] = [];
    const first = call(({ number }) => {
      order.push(`first ${number}`);
      return number === 1 ? limited(10) : OK;
    });
    await clock.advance(1000);
    const others = ['second', 'third'].map((name) =>
      call(() => {
        order.push(name);
        return OK;
      }),
    );
    await clock.run(Promise.all([first, ...others]));
    expect(order).toEqual(['first 1', 'first 2', 'second', 'third']);
    expect(clock.monotonic()).toBe(10_000);
    expect(byCall(events)).toEqual([
      ['attempt', 'waiting', 'retry', 'attempt', 'success'],
      ['hold', 'attempt', 'success'],
      ['hold', 'attempt', 'success'],
    ]);
    const [told, ...held] = traces.toSorted((a, b) => b.attempts.length - a.attempts.length);
    expect(told).toMatchObject({
      attempts: [{ told: { ms: 10_000, by: 'retry-after' }, waitMs: 10_000 }, { status: 200 }],
      holds: [],
    });
    for (const { holds } of held) expect(holds).toEqual([{ beforeAttempt: 1, heldMs: 9000 }]);
  });

  test('no request is sent while a key is told to wait, of a hundred at once', async () => {
    const { clock, traces, call } = setUp();
    let untilMs = 0;
    let room = 60;
    let early = 0;
    let refused = 0;
    const server: Operation<Answer> = () => {
      if (clock.monotonic() < untilMs) early++;
      if (room-- > 0) return OK;
      if (clock.monotonic() >= 20_000) return OK;
      untilMs = 20_000;
      refused++;
      return limited((untilMs - clock.monotonic()) / 1000);
    };
    await clock.run(Promise.all(Array.from({ length: 100 }, () => call(server))));
    expect(traces.every(({ outcome }) => outcome === 'success')).toBe(true);
    // The first wave was under way before anybody was told.
    expect(early).toBe(refused - 1);
  });

  test('goes to the oldest call first, and a retry is older than a new call', async () => {
    const { clock, call } = setUp();
    const order: string[] = [];
    const old = call(({ number }) => {
      order.push(`old ${number}`);
      return number === 1 ? limited(1) : OK;
    });
    const young = call(({ number }) => {
      order.push(`young ${number}`);
      return number === 1 ? limited(1) : OK;
    });
    await clock.run(Promise.all([old, young]));
    expect(order).toEqual(['old 1', 'young 1', 'old 2', 'young 2']);
  });

  test('of one key holds no other', async () => {
    const { clock, call } = setUp();
    await call(() => limited(10), { maxRetries: 0, key: 'one' });
    expect(await call(() => OK, { key: 'other' })).toBe(OK);
    expect(clock.monotonic()).toBe(0);
  });

  test('holds the backoff retry of another failure too, and both are told', async () => {
    const { clock, traces, call, close } = setUp({ backoff: { type: 'constant', delayMs: 100 } });
    const failing = call(({ number }) => (number === 1 ? { status: 500 } : OK), { method: 'GET' });
    await close(limited(10));
    await clock.run(failing);
    expect(traces[1]).toMatchObject({
      attempts: [{ status: 500, waitMs: 100 }, { status: 200 }],
      holds: [{ beforeAttempt: 2, heldMs: 9900 }],
    });
  });

  test('does not count against maxRetries, up to ten times', async () => {
    const { clock, traces, call } = setUp({ maxHoldMs: 1e6 });
    const operation = vi.fn(() => limited(1));
    await clock.run(call(operation));
    expect(operation).toHaveBeenCalledTimes(11);
    expect(traces[0]?.reason).toBe('still-refused');
  });

  test('a hold tells until when, for a countdown', async () => {
    const { clock, events, call, close } = setUp();
    await close(limited(10));
    await clock.advance(4000);
    const held = call(() => OK);
    await clock.advance(0);
    expect(events.at(-1)).toMatchObject({ type: 'hold', attempt: 1, untilMs: clock.now() + 6000 });
    await clock.run(held);
  });

  test('reads as it went', async () => {
    const { clock, traces, call, close } = setUp();
    await close(limited(10));
    await clock.run(call(() => OK));
    expect(explain(traces[1] as Trace)).toMatch(
      /^1 attempt in 10 s\. Held 10 s: .*the server .* told to wait\. 1: succeeded\.$/,
    );
  });
});

describe('a call without retries', () => {
  test('is not repeated for any told wait, and closes the gate all the same', async () => {
    const { clock, traces, call, state } = setUp();
    const operation = vi.fn(() => limited(1));
    await call(operation, { maxRetries: 0 });
    expect(operation).toHaveBeenCalledTimes(1);
    expect(traces[0]?.reason).toBe('max-retries');
    expect(state()).toBe('closed');
    expect(clock.timers).toBe(0);
  });

  test('waits in the gate for its only attempt', async () => {
    const { clock, call, close } = setUp();
    await close(limited(1));
    const operation = vi.fn(() => OK);
    expect(await clock.run(call(operation, { maxRetries: 0 }))).toBe(OK);
    expect(clock.monotonic()).toBe(1000);
    expect(operation).toHaveBeenCalledTimes(1);
  });
});

describe('no money left', () => {
  test('refuses those who wait and those who come, with the answer of the one that was told', async () => {
    const { clock, traces, events, call, close } = setUp();
    await close(limited(10));
    const operation = vi.fn(() => OK);
    const waiting = call(operation);
    const slow = broke();
    await clock.advance(10_000);
    expect(operation).toHaveBeenCalledTimes(1);
    await waiting;
    expect(await close(slow)).toBe(slow);
    const later = await call(operation);
    expect(later).toBe(slow);
    expect(operation).toHaveBeenCalledTimes(1);
    expect(traces.at(-1)).toMatchObject({
      outcome: 'give-up',
      reason: 'quota-exhausted',
      rebuilt: true,
      attempts: [],
      refusal: { kind: 'quota-exhausted', status: 402 },
      mayHaveBeenBilled: false,
    });
    expect(events.at(-1)).toMatchObject({ type: 'give-up', reason: 'quota-exhausted', attempt: 0 });
    expect(explain(traces.at(-1) as Trace)).toMatch(/^No attempt in 0\.0 s\. .*402.*add funds/);
  });

  test('refuses those who wait at once', async () => {
    const { clock, call, close, slowly } = setUp();
    const spending = call(() => slowly(broke(), 2000));
    await close(limited(10));
    const operation = vi.fn(() => OK);
    const waiting = call(operation);
    await clock.advance(2000);
    expect(await waiting).toBe(await spending);
    expect(operation).not.toHaveBeenCalled();
    expect(clock.timers).toBe(0);
  });

  test('the trace of a shared answer stays that of the call that got it', async () => {
    const { call, close } = setUp();
    const answer = await close(broke());
    await call(() => OK);
    expect(traceOf(answer)).toMatchObject({ rebuilt: false, attempts: [{ status: 402 }] });
  });

  test('an error that says so is thrown to all, the very same', async () => {
    const { call } = setUp();
    const error = Object.assign(new Error('402'), { status: 402 });
    const gather = (): Facts => ({ status: 402, body: SPENT, error });
    const caught = await call(() => Promise.reject(error), { gather }).catch((each) => each);
    expect(caught).toBe(error);
    await expect(call(() => OK)).rejects.toBe(error);
  });

  test('is rebuilt by the call itself where it knows how', async () => {
    const { traces, call, close } = setUp();
    await close({ ...broke(), headers: { 'content-type': 'application/json', 'x-secret': '1' } });
    const rebuild = vi.fn(({ failure, headers, body }: GivenRefusal) => ({
      ok: true as const,
      value: { status: failure.status ?? 0, headers: { ...headers }, body },
    }));
    const got = await call(() => OK, { rebuild });
    expect(got).toEqual({
      status: 402,
      headers: { 'content-type': 'application/json' },
      body: SPENT,
    });
    expect(rebuild).toHaveBeenCalledTimes(1);
    expect(traceOf(got)).toEqual(traces.at(-1));
    expect(traceOf(got)?.rebuilt).toBe(true);
  });

  test('lets one real call through each probeMs, and a success opens it', async () => {
    const { clock, call, close, state } = setUp({ probeMs: 30_000 });
    const answer = await close(broke());
    const operation = vi.fn(() => answer);
    for (let second = 0; second < 65; second++) {
      await call(operation, { maxRetries: 0 });
      await clock.advance(1000);
    }
    expect(operation).toHaveBeenCalledTimes(2);
    await clock.advance(30_000);
    expect(await call(() => OK)).toBe(OK);
    expect(state()).toBe('open');
    const after = await Promise.all(Array.from({ length: 20 }, () => call(() => OK)));
    expect(after).toEqual(Array(20).fill(OK));
  });

  test('a gate that is opened by hand lets the next call go', async () => {
    const { policy, call, close } = setUp();
    await close(broke());
    expect(policy.gates.open()).toBe(1);
    expect(await call(() => OK)).toBe(OK);
  });

  test('a bare 402 of an unknown API concerns its own call', async () => {
    const { call, close, state } = setUp();
    await close({ status: 402 });
    expect(state()).toBe('open');
    expect(await call(() => OK)).toBe(OK);
  });
});

test('a told wait longer than maxRetryAfterMs refuses the others, with what is left of it', async () => {
  const { clock, traces, call, close } = setUp();
  await close(limited(600));
  await clock.advance(20_000);
  const rebuild = (refusal: GivenRefusal) => ({
    ok: true as const,
    value: { status: 429, headers: { ...refusal.headers } },
  });
  const got = await call(() => OK, { rebuild });
  expect(got).toEqual({ status: 429, headers: { 'retry-after': '580' } });
  expect(traces[1]).toMatchObject({
    reason: 'retry-after-too-long',
    retryAt: clock.now() + 580_000,
    rebuilt: true,
  });
});

test('an answer that concerns its call alone holds nobody', async () => {
  const { call, close, state } = setUp();
  for (const status of [400, 401, 403, 404, 500]) {
    await close({ status });
    expect(state()).toBe('open');
    expect(await call(() => OK)).toBe(OK);
  }
});

describe('an abort in a hold', () => {
  test('rejects at once with the reason itself, and starts nothing', async () => {
    const { clock, events, traces, call, close } = setUp();
    await close(limited(10));
    const controller = new AbortController();
    const reason = { mine: true };
    const operation = vi.fn(() => OK);
    const held = call(operation, { signal: controller.signal });
    const rejected = expect(held).rejects.toBe(reason);
    await clock.advance(3000);
    controller.abort(reason);
    await rejected;
    expect(clock.monotonic()).toBe(3000);
    expect(clock.timers).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await clock.advance(60_000);
    expect(operation).not.toHaveBeenCalled();
    expect(events.at(-1)).toMatchObject({ type: 'give-up', reason: 'aborted' });
    expect(traces[1]?.holds).toEqual([{ beforeAttempt: 1, heldMs: 3000 }]);
    expect(traceOf(reason)).toBeUndefined();
  });

  test('in the moment of its turn starts nothing, and gives its turn to the next', async () => {
    const { clock, call, close } = setUp();
    const controller = new AbortController();
    clock.setTimer(() => controller.abort('now'), 10_000);
    await close(limited(10));
    const operation = vi.fn(() => OK);
    const aborted = Array.from({ length: 3 }, () =>
      call(operation, { signal: controller.signal }).catch((reason) => reason),
    );
    const patient = call(() => OK);
    await clock.advance(10_000);
    expect(await Promise.all(aborted)).toEqual(['now', 'now', 'now']);
    expect(operation).not.toHaveBeenCalled();
    expect(await patient).toBe(OK);
    expect(clock.monotonic()).toBe(10_000);
  });

  test('right after it was let go starts nothing either', async () => {
    const { clock, policy, call, close } = setUp();
    await close(limited(10));
    const controller = new AbortController();
    const operation = vi.fn(() => OK);
    const held = call(operation, { signal: controller.signal });
    await clock.advance(0);
    policy.gates.open();
    controller.abort('now');
    await expect(held).rejects.toBe('now');
    expect(operation).not.toHaveBeenCalled();
  });

  test('of its own told wait frees the answer that nobody will read', async () => {
    const { clock, call } = setUp();
    const controller = new AbortController();
    const answer = limited(10);
    const discard = vi.fn();
    const held = call(() => answer, { signal: controller.signal, discard });
    await clock.advance(0);
    controller.abort('now');
    await expect(held).rejects.toBe('now');
    expect(discard.mock.calls).toEqual([[answer]]);
  });
});

describe('a deadline', () => {
  test('that ends before the told wait gives the refusal at once', async () => {
    const { clock, traces, call, close } = setUp();
    const answer = await close(limited(10));
    const got = await call(() => OK, { deadlineMs: 10_000 });
    expect(got).toBe(answer);
    expect(clock.monotonic()).toBe(0);
    expect(clock.timers).toBe(0);
    expect(traces[1]).toMatchObject({
      reason: 'past-deadline',
      rebuilt: true,
      retryAt: clock.now() + 10_000,
    });
  });

  test('that ends soon after it is met, in spite of jitter', async () => {
    const { clock, call } = setUp({ random: () => 0.999 });
    const first = call(({ number }) => (number === 1 ? limited(10) : OK));
    await clock.advance(0);
    const urgent = call(() => OK, { deadlineMs: 10_100 });
    await clock.run(Promise.all([first, urgent]));
    expect(clock.monotonic()).toBe(10_050);
  });

  test.each([0, 0.1, 12.34, 777.7])(
    'that ends in the ramp, %d ms after the start, is a TimeoutError',
    async (offsetMs) => {
      const { clock, traces, call, close } = setUp();
      await clock.advance(offsetMs);
      await close(limited(1));
      const hanging = call(() => new Promise<never>(() => {}));
      const late = call(() => OK, { deadlineMs: 1200.3 }).catch((error) => error);
      const error = await clock.run(late);
      expect(error).toBeInstanceOf(DOMException);
      expect(error).toMatchObject({ name: 'TimeoutError', message: 'deadlineMs ran out' });
      expect(traces[1]).toMatchObject({ reason: 'past-deadline', rebuilt: false, attempts: [] });
      void hanging;
    },
  );

  test('counts the hold, and what is left limits the attempt', async () => {
    const { clock, call, close } = setUp();
    await close(limited(1));
    const late = call(() => new Promise<never>(() => {}), { deadlineMs: 3000 });
    await expect(clock.run(late)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(clock.monotonic()).toBe(3000);
    expect(clock.timers).toBe(0);
  });
});

describe('maxHoldMs', () => {
  test('refuses at once what would be held for longer', async () => {
    const { clock, traces, call, close } = setUp({ maxHoldMs: 5000 });
    const answer = await close(limited(10));
    expect(await call(() => OK)).toBe(answer);
    expect(clock.monotonic()).toBe(0);
    expect(traces[1]).toMatchObject({ reason: 'max-hold', rebuilt: true });
  });

  test('of 0 refuses whatever would wait, and holds nothing back from an open gate', async () => {
    const { clock, call, close } = setUp({ maxHoldMs: 0 });
    expect(await call(() => OK)).toBe(OK);
    const answer = await close(limited(1));
    expect(await call(() => OK)).toBe(answer);
    await clock.advance(999);
    expect(await call(() => OK)).toBe(answer);
  });

  test('of a call goes before that of the policy', async () => {
    const { clock, call, close } = setUp({ maxHoldMs: 0 });
    await close(limited(1));
    expect(await clock.run(call(() => OK, { maxHoldMs: 5000 }))).toBe(OK);
  });

  test('ends a wait in the ramp', async () => {
    const { clock, traces, call, close } = setUp({ maxHoldMs: 1200 });
    const answer = await close(limited(1));
    const hanging = call(() => new Promise<never>(() => {}));
    expect(await clock.run(call(() => OK))).toBe(answer);
    expect(clock.monotonic()).toBe(1200);
    expect(traces[1]).toMatchObject({ reason: 'max-hold', holds: [{ heldMs: 1200 }] });
    void hanging;
  });

  test('counts all holds of a call together, and gives its own last answer', async () => {
    const { clock, traces, call } = setUp({ maxHoldMs: 25_000 });
    const answers = [limited(10), limited(10), limited(10)];
    const operation = vi.fn(({ number }: { number: number }) => answers[number - 1] as Answer);
    const got = await clock.run(call(operation));
    expect(got).toBe(answers[2]);
    expect(clock.monotonic()).toBe(20_000);
    expect(traces[0]).toMatchObject({ reason: 'max-hold', rebuilt: false });
    expect(traces[0]?.attempts).toHaveLength(3);
  });
});

describe('the retry budget', () => {
  const none = { retryBudget: { max: 0, perCall: 0, perSecond: 0 } };

  test('that is spent ends a call with its own answer, and says so', async () => {
    const { traces, call } = setUp(none);
    const operation = vi.fn(() => ({ status: 503 }));
    await call(operation, { method: 'GET' });
    expect(operation).toHaveBeenCalledTimes(1);
    expect(traces[0]).toMatchObject({ reason: 'retry-budget' });
    expect(explain(traces[0] as Trace)).toContain('the retry budget of its key is spent');
  });

  test('is shared by the calls of a key, and by no other', async () => {
    const { clock, traces, call } = setUp({ retryBudget: { max: 2, perCall: 0, perSecond: 0 } });
    const failing = (key: string) => call(() => ({ status: 500 }), { method: 'GET', key });
    await clock.run(Promise.all([failing('one'), failing('one'), failing('other')]));
    const counts = traces.map(({ key, attempts }) => `${key} ${attempts.length}`).sort();
    expect(counts).toEqual(['one 2', 'one 2', 'other 3']);
  });

  test('of false lets every call have its retries', async () => {
    const { clock, call } = setUp({ retryBudget: false });
    const operation = vi.fn(() => ({ status: 500 }));
    const calls = Array.from({ length: 200 }, () => call(operation, { method: 'GET' }));
    await clock.run(Promise.all(calls));
    expect(operation).toHaveBeenCalledTimes(800);
  });

  test('is not asked for what was never sent', async () => {
    const { clock, call } = setUp(none);
    const got = call(({ number }) => (number < 3 ? Promise.reject(NO_ROUTE) : OK));
    expect(await clock.run(got)).toBe(OK);
  });

  test.each([
    ['with a told wait', limited(1)],
    ['without one', { status: 429 }],
  ])('is not asked for a rate limit %s', async (_, answer) => {
    const { clock, call } = setUp(none);
    expect(await clock.run(call(({ number }) => (number < 3 ? answer : OK)))).toBe(OK);
  });

  test('is asked for an overload, though it tells a wait', async () => {
    const { clock, traces, call } = setUp(none);
    await clock.run(call(() => ({ status: 503, headers: { 'retry-after': '1' } })));
    expect(traces[0]?.reason).toBe('retry-budget');
  });

  test('in an outage adds a tenth and what is saved: ten thousand calls in 20 s', async () => {
    const { clock, call } = setUp();
    let requests = 0;
    const calls: Promise<unknown>[] = [];
    const server = () => {
      requests++;
      return { status: 500 };
    };
    for (let tick = 0; tick < 100; tick++) {
      for (let each = 0; each < 100; each++) calls.push(call(server, { method: 'GET' }));
      await clock.advance(200);
    }
    await clock.run(Promise.all(calls));
    expect(requests).toBeGreaterThan(11_000);
    expect(requests).toBeLessThanOrEqual(11_500);
  });

  test('loses no sequential call when a fifth fail harmlessly', async () => {
    const { clock, traces, call } = setUp();
    for (let index = 0; index < 200; index++) {
      const fails = index % 5 === 0;
      await clock.run(
        call(({ number }) => (fails && number === 1 ? Promise.reject(NO_ROUTE) : OK)),
      );
    }
    expect(traces.every(({ outcome }) => outcome === 'success')).toBe(true);
  });
});

describe('a layer above that repeats', () => {
  const done = () => ({ status: 500 });
  const named = { fingerprint: () => 'the same' };

  test('is noticed, with the call and the times, and in the trace', async () => {
    const { events, traces, call } = setUp();
    for (let time = 0; time < 3; time++) await call(done, named);
    const numbers = [...new Set(events.map((event) => event.call))];
    const layered = events.filter(({ type }) => type === 'layeredRetry');
    expect(layered).toMatchObject([
      { call: numbers[1], of: numbers[0], times: 1 },
      { call: numbers[2], of: numbers[0], times: 2 },
    ]);
    expect(traces[1]?.notes.join()).toContain(`call ${numbers[0]} was the same`);
  });

  test('is not suspected of another request, nor after two minutes, nor of another key', async () => {
    const { clock, events, call } = setUp();
    await call(done, named);
    await call(done, { fingerprint: () => 'another' });
    await call(done, { ...named, key: 'another' });
    await clock.advance(120_001);
    await call(done, named);
    expect(events.filter(({ type }) => type === 'layeredRetry')).toEqual([]);
  });

  test('is named, with what makes it stop, if its request tells who it is', async () => {
    const { events, call } = setUp();
    const layer = () => ({ name: 'a queue', remedy: 'stop it' });
    for (let time = 0; time < 2; time++) await call(done, { ...named, layer });
    await call(done, named);
    const layered = events.filter(({ type }) => type === 'layeredRetry');
    expect(layered).toMatchObject([
      { layer: 'a queue', remedy: 'stop it', refused: false },
      { layer: 'a loop above', refused: false },
    ]);
  });

  test('is nobody when what was refrained from had another reason than safety', async () => {
    const { events, call } = setUp();
    const fingerprint = vi.fn(() => 'the same');
    for (let time = 0; time < 3; time++) await call(() => ({ status: 400 }), { fingerprint });
    expect(events.filter(({ type }) => type === 'layeredRetry')).toEqual([]);
    expect(fingerprint).not.toHaveBeenCalled();
  });

  test('gets what the call says that stands, without an attempt and with the trace of the first', async () => {
    const { events, traces, call } = setUp();
    const first = await call(done, named);
    const operation = vi.fn(done);
    const again = await call(operation, {
      ...named,
      standing: () => ({ ok: true, value: first }),
    });
    expect(again).toBe(first);
    expect(operation).not.toHaveBeenCalled();
    expect(traceOf(first)).toEqual(traces[0]);
    expect(traces[1]).toMatchObject({ attempts: [], reason: 'may-have-been-done' });
    expect(traces[1]?.mayHaveBeenBilled).toBe(false);
    const numbers = [...new Set(events.map((event) => event.call))];
    expect(events.filter((event) => event.call === numbers[1])).toMatchObject([
      { type: 'layeredRetry', of: numbers[0], times: 1 },
      { type: 'give-up', reason: 'may-have-been-done' },
    ]);
  });

  test.each([
    ['says nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('standing');
      },
    ],
  ])('is made where the call %s', async (_, standing) => {
    const { call } = setUp();
    await call(done, named);
    const operation = vi.fn(done);
    await call(operation, { ...named, standing });
    expect(operation).toHaveBeenCalledTimes(1);
  });

  test('is not asked what stands unless it repeats', async () => {
    const { call } = setUp();
    const standing = vi.fn(() => undefined);
    await call(done, { ...named, standing });
    await call(done, { fingerprint: () => 'another', standing });
    expect(standing).not.toHaveBeenCalled();
  });

  test('a fingerprint that throws changes nothing', async () => {
    const { policy, call } = setUp();
    const fingerprint = () => {
      throw new Error('fingerprint');
    };
    const answer = done();
    await call(done, named);
    expect(await call(() => answer, { fingerprint })).toBe(answer);
    expect(policy.gates.of(policy.provider.name).active).toBe(0);
  });
});

describe('events', () => {
  /** Calls of every sort, some of them aborted. */
  async function makeMany(options: PolicyOptions = {}) {
    const world = setUp({ probeMs: 5000, maxHoldMs: 30_000, ...options });
    const { clock, call } = world;
    const answers: readonly (() => Answer | Promise<never>)[] = [
      () => OK,
      () => limited(3),
      () => ({ status: 503 }),
      () => ({ status: 400 }),
      () => limited(90),
      () => Promise.reject(NO_ROUTE),
      broke,
      () => OK,
    ];
    const calls: Promise<unknown>[] = [];
    for (let index = 0; index < 200; index++) {
      const controller = new AbortController();
      const made = call(
        ({ number }) => (answers[(index * 7 + number * 3) % answers.length] ?? broke)(),
        {
          signal: controller.signal,
          method: index % 2 === 0 ? 'GET' : 'POST',
          key: `key ${index % 7}`,
          ...(index % 11 === 0 && { deadlineMs: 4000 }),
        },
      );
      calls.push(made.catch(() => {}));
      if (index % 3 === 0) clock.setTimer(() => controller.abort(), 300);
      await clock.advance(97);
    }
    await clock.run(Promise.all(calls));
    await clock.advance(300);
    return { ...world, calls };
  }

  test('each call ends in exactly one of success and give-up, as its last', async () => {
    const { events, traces } = await makeMany();
    const each = byCall(events);
    expect(each).toHaveLength(200);
    for (const names of each) {
      expect(names.filter((name) => name === 'success' || name === 'give-up')).toHaveLength(1);
      expect(names.at(-1)).toMatch(/success|give-up/);
    }
    expect(traces).toHaveLength(200);
    const reasons = new Set(traces.map(({ reason }) => reason));
    for (const reason of ['quota-exhausted', 'permanent', 'aborted', 'retry-after-too-long']) {
      expect(reasons).toContain(reason);
    }
  });

  test('each is one frozen, flat record', async () => {
    const { events } = await makeMany();
    for (const event of events) {
      expect(Object.isFrozen(event)).toBe(true);
      expect(Object.values(event).filter((value) => typeof value === 'object')).toEqual([]);
    }
  });

  test('listeners that throw or reject harm nobody', async () => {
    const clock = new FakeClock();
    const policy = definePolicy({ clock, random: () => 0 });
    const bad = vi.fn(() => {
      throw new Error('listener');
    });
    for (const name of ['attempt', 'waiting', 'hold', 'retry', 'success', 'give-up'] as const) {
      policy.events.on(name, bad);
      policy.events.on(name, () => Promise.reject(new Error('later')));
    }
    const calls = [1, 2, 3].map(() =>
      execute(({ number }) => (number === 1 ? limited(1) : OK), policy, { onSettled: bad }),
    );
    expect(await clock.run(Promise.all(calls))).toEqual([OK, OK, OK]);
    expect(bad).toHaveBeenCalled();
  });

  test('a listener that opens, closes and calls again does not upset the gate', async () => {
    const { clock, policy, traces, call } = setUp();
    let more = 5;
    const made: Promise<unknown>[] = [];
    policy.events.on('success', () => {
      if (more-- <= 0) return;
      made.push(call(({ number }) => (number === 1 ? limited(1) : OK)));
      policy.gates.open();
    });
    made.push(call(({ number }) => (number === 1 ? limited(1) : OK)));
    for (let round = 0; round < 20; round++) await clock.advance(1000);
    await Promise.all(made);
    expect(traces.map(({ outcome }) => outcome)).toEqual(Array(6).fill('success'));
    expect(clock.timers).toBe(0);
  });

  test('waste is told for each key and adds up to the attempts', async () => {
    const { events, policy } = await makeMany();
    const waste = policy.gates.waste();
    expect(waste.map(({ key }) => key).sort()).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((n) => `key ${n}`),
    );
    const attempts = waste.reduce((sum, { useful, wasted }) => sum + useful + wasted, 0);
    expect(attempts).toBe(events.filter(({ type }) => type === 'attempt').length);
    expect(waste.some(({ waitedMs }) => waitedMs > 0)).toBe(true);
  });

  test('nothing is left: no timer, nobody waits, no call is under way', async () => {
    const { clock, policy } = await makeMany();
    expect(clock.timers).toBe(0);
    for (const { key, waiting } of policy.gates.snapshot()) {
      expect(waiting).toBe(0);
      expect(policy.gates.of(key).active).toBe(0);
    }
  });
});

test('two hundred POSTs whose connections are refused for 300 ms are all answered', async () => {
  const { clock, call } = setUp();
  const server = () => (clock.monotonic() < 300 ? Promise.reject(NO_ROUTE) : OK);
  const calls = Array.from({ length: 200 }, () => call(server));
  expect(await clock.run(Promise.all(calls))).toEqual(Array(200).fill(OK));
});

test('ten thousand calls in one gate, aborted at random, each settle once, and nothing is left', async () => {
  const { clock, policy, events, traces, call, close } = setUp();
  await close(limited(30));
  const controllers = Array.from({ length: 100 }, () => new AbortController());
  let settled = 0;
  const settle = () => settled++;
  // A small generator of its own, so that it is as sure tomorrow.
  let draw = 1;
  const next = (below: number) => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw % below;
  };
  const calls = Array.from({ length: 10_000 }, () => {
    const controller = controllers[next(200)];
    const first = next(3) === 0 ? limited(1 + next(3)) : OK;
    return call(({ number }) => (number === 1 ? first : OK), {
      maxHoldMs: 20_000 + next(600_000),
      ...(controller && { signal: controller.signal }),
    }).then(settle, settle);
  });
  for (const controller of controllers) {
    clock.setTimer(() => controller.abort(new Error('aborted')), next(60_000));
  }
  await clock.run(Promise.all(calls));
  await clock.advance(60_000);
  expect(settled).toBe(10_000);
  expect(traces).toHaveLength(10_001);
  const ends = events.filter(({ type }) => type === 'success' || type === 'give-up');
  expect(new Set(ends.map((event) => event.call)).size).toBe(10_001);
  expect(ends).toHaveLength(10_001);
  const reasons = new Set(traces.map(({ reason }) => reason));
  for (const reason of [undefined, 'aborted', 'max-hold']) expect(reasons).toContain(reason);
  expect(clock.timers).toBe(0);
  expect(policy.gates.snapshot()).toMatchObject([{ waiting: 0 }]);
  expect(policy.gates.of(policy.provider.name).active).toBe(0);
  const left = controllers.flatMap(({ signal }) => getEventListeners(signal, 'abort'));
  expect(left).toEqual([]);
});

test('a call that waits after a refusal of its own is given the one that says what it would get now', async () => {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, random: () => 0 });
  let answer: (value: unknown) => void = () => {};
  const broke = execute<unknown>(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    policy,
    {
      gather: () => ({ status: 402, body: '{"error":{"code":"insufficient_quota"}}' }),
    },
  );
  const own = { status: 429, headers: { 'retry-after': '10' } };
  const discard = vi.fn();
  let settled: Trace | undefined;
  const onSettled = (trace: Trace) => {
    settled = trace;
  };
  const limited = execute<unknown>(() => own, policy, { discard, onSettled });
  await clock.advance(1);
  const empty = { status: 402 };
  answer(empty);
  await broke;
  expect(await limited).toBe(empty);
  expect(discard).toHaveBeenCalledExactlyOnceWith(own);
  expect(settled).toMatchObject({
    reason: 'quota-exhausted',
    rebuilt: true,
    attempts: [{ status: 429 }],
  });
});
