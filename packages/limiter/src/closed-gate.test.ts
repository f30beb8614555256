import { definePolicy, execute } from '@forbear/core';
import { describe, expect, test, vi } from 'vitest';
import { MemorySource } from './memory-source.js';
import type { PermitSourceContext } from './permit-source.js';
import { OK, setUp, TWO_A_SECOND } from './rig.test.support.js';

describe('a gate that closes', () => {
  const REFUSED = { status: 429, headers: { 'retry-after': '5' } };

  test('whose turn a limit keeps from being used is not lost, and goes with the next permit', async () => {
    const limits = [{ unit: 'requests', amount: 2, perMs: 5100, shape: 'sliding' } as const];
    const { clock, callAll } = setUp({ limits }, { random: () => 0 });
    const [refused, answered] = callAll('ab');
    await clock.advance(0);
    await answered?.answer(OK);
    await refused?.answer(REFUSED);
    // The gate opens at 5,000 and gives one turn; its next one comes with an answer, or a step of 250.
    await clock.advance(5099);
    expect(refused?.startsMs).toEqual([0]);
    await clock.advance(1);
    expect(refused?.startsMs).toEqual([0, 5100]);
  });

  test('holds all that wait in the queue, and takes no permit meanwhile', async () => {
    const { clock, callAll, order, key } = setUp(TWO_A_SECOND);
    const [first, second] = callAll('abcd');
    await second?.answer(OK);
    await first?.answer(REFUSED);
    await clock.advance(4999);
    expect(order.join('')).toBe('ab');
    expect(key()).toMatchObject({ waiting: 3, inFlight: 0 });
    // The call that was told to wait is the oldest, so it finds out whether there is room.
    await clock.advance(1000);
    await first?.answer(OK);
    await clock.advance(1000);
    expect(order.join('')).toBe('abacd');
  });

  test('gives a permit back that it has caught', async () => {
    const { clock, callAll, call, order, key } = setUp({ maxConcurrent: 2 });
    const [first, second] = callAll('ab');
    call('c');
    // One answer lets the third go, and in the same turn the other closes the gate.
    void first?.answer(OK);
    void second?.answer(REFUSED);
    await clock.advance(4000);
    expect(order.join('')).toBe('ab');
    expect(key()).toMatchObject({ waiting: 2, inFlight: 0 });
  });

  test('does not cost a call its place that it has caught', async () => {
    const { clock, callAll, call, order } = setUp({ maxConcurrent: 2 }, { maxRetries: 0 });
    const [first, second] = callAll('ab');
    const caught = call('c');
    callAll('de');
    void first?.answer(OK);
    void second?.answer(REFUSED);
    await clock.advance(6000);
    await caught.answer(OK);
    await clock.advance(1000);
    expect(order.join('')).toBe('abcde');
  });

  test('does not have a call refused that it has caught: its wait was over', async () => {
    const { clock, limiter, callAll, call } = setUp(
      { maxConcurrent: 2, maxQueued: 1 },
      { maxRetries: 0 },
    );
    const [first, second] = callAll('ab');
    const caught = call('c');
    const drained = limiter.drain();
    void first?.answer(OK);
    void second?.answer(REFUSED);
    await clock.advance(6000);
    await caught.answer(OK);
    expect(caught.value).toBe(OK);
    expect(await drained).toBe(0);
  });

  test('refuses the calls that may not be held for so long', async () => {
    const { callAll, call, settle } = setUp({ maxConcurrent: 1 });
    const [first] = callAll('a');
    const patient = call('b');
    const impatient = call('c', { maxHoldMs: 3000 });
    await first?.answer(REFUSED);
    await settle();
    expect(impatient.trace).toMatchObject({ reason: 'max-hold', attempts: [], rebuilt: true });
    expect(patient.trace).toBeUndefined();
  });

  test('of one policy holds the calls of another also where nobody of the first waits', async () => {
    const { limiter, clock, call, order } = setUp({ maxConcurrent: 5 }, { maxRetries: 0 });
    const other = definePolicy({ limiter, clock, maxRetries: 0 });
    await call('a').answer(REFUSED);
    const operation = vi.fn(() => OK);
    const work = execute(operation, other);
    call('b');
    await clock.advance(4999);
    expect(operation).not.toHaveBeenCalled();
    expect(order.join('')).toBe('a');
    await clock.advance(2000);
    await work;
    expect(operation).toHaveBeenCalledTimes(1);
    expect(order.join('')).toBe('ab');
  });

  test('of an empty wallet is found out by a probe, and held by none but its own gate', async () => {
    const { limiter, clock, call } = setUp({}, { maxRetries: 0 });
    const other = definePolicy({ limiter, clock, maxRetries: 0 });
    await execute(() => OK, other);
    const refused = { status: 429, headers: { 'retry-after': '600' } };
    await call('a').answer(refused);
    await clock.advance(30_000);
    const probe = call('b');
    await probe.answer(OK);
    expect(probe.startsMs).toEqual([30_000]);
  });

  test.each([
    ['for a day', { status: 429, headers: { 'retry-after': '86400' } }],
    ['since the wallet is empty', { status: 429, body: '{"error":{"code":"insufficient_quota"}}' }],
  ])(
    '%s holds no calls of another policy, which would keep its probes waiting',
    async (_, facts) => {
      const { limiter, clock, call } = setUp({}, { maxRetries: 0 });
      const other = definePolicy({ limiter, clock, maxRetries: 0 });
      await call('a', { gather: () => facts }).answer(facts);
      const operation = vi.fn(() => OK);
      void execute(operation, other);
      await clock.advance(30_000);
      expect(operation).toHaveBeenCalledTimes(1);
      const probe = call('b');
      await probe.answer(OK);
      expect(probe.startsMs).toEqual([30_000]);
    },
  );

  test('to a whole fleet refuses those that wait, also where nothing has come to an end', async () => {
    let hold: PermitSourceContext['hold'] = () => {};
    const { callAll, settle } = setUp({
      maxConcurrent: 1,
      source: (context) => {
        hold = context.hold;
        return new MemorySource(context);
      },
    });
    const [first, second] = callAll('ab');
    const failure = {
      kind: 'quota-exhausted',
      effect: 'none',
      evidence: 'refused',
      transient: false,
      concerns: 'key',
      because: 'the wallet is empty',
    } as const;
    const outcome = { ok: false, error: new Error('empty') } as const;
    hold(
      { ms: Number.POSITIVE_INFINITY, jitterMs: 0 },
      { failure, headers: {}, body: '', outcome },
    );
    await settle();
    expect(first?.startsMs).toHaveLength(1);
    expect(second?.error).toBe(outcome.error);
    expect(second?.trace).toMatchObject({ reason: 'quota-exhausted', attempts: [] });
  });

  test('does not make a call miss its deadline by its jitter alone', async () => {
    const { clock, call } = setUp({ maxConcurrent: 1 }, { random: () => 0.999 });
    const first = call('a');
    const second = call('b', { deadlineMs: 5100 });
    await first.answer(REFUSED);
    await clock.advance(5060);
    await first.answer(OK);
    expect(second.startsMs).toHaveLength(1);
    expect(second.startsMs[0]).toBeGreaterThanOrEqual(5000);
  });

  test('is not opened sooner by a call of another policy that cannot wait for it', async () => {
    const { limiter, clock, call, order } = setUp({ maxConcurrent: 1 });
    const other = definePolicy({ limiter, clock });
    const first = call('a');
    const hurried = execute(() => OK, other, { deadlineMs: 2000 }).catch((error) => error);
    call('b');
    await clock.advance(0);
    await first.answer(REFUSED);
    await clock.advance(4999);
    expect(order.join('')).toBe('a');
    expect(await hurried).toMatchObject({ name: 'TimeoutError' });
    await clock.advance(1000);
    expect(order.join('')).toBe('aa');
  });

  test('of one policy holds the calls of another that has the same limiter', async () => {
    const first = setUp({ maxConcurrent: 5 });
    const { limiter, clock } = first;
    const other = definePolicy({ limiter, clock });
    await first.call('a').answer(REFUSED);
    const operation = vi.fn(async () => OK);
    const work = execute(operation, other, {});
    await clock.advance(4999);
    expect(operation).not.toHaveBeenCalled();
    await clock.advance(1000);
    await work;
    expect(operation).toHaveBeenCalledTimes(1);
  });
});
