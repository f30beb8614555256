import { describe, expect, test } from 'vitest';
import { AttemptLog, describeAttempt, mayBeBilled } from './attempt-log.js';
import type { Effect, Failure } from './failure.js';
import type { AttemptTrace } from './trace.js';

function failed(effect: Effect, number = 1): AttemptTrace {
  const failure: Failure = {
    kind: 'server-error',
    effect,
    evidence: 'unproven',
    transient: true,
    concerns: 'call',
    because: 'x',
  };
  return { number, durationMs: 10, failure };
}

test('entries come in their order, and what was handed out does not change', () => {
  const log = new AttemptLog();
  log.add(failed('none', 1), false);
  const before = log.entries;
  log.add(failed('none', 2), false);
  expect(before).toHaveLength(1);
  expect(log.entries.map(({ number }) => number)).toEqual([1, 2]);
});

test('a wait belongs to the last attempt', () => {
  const log = new AttemptLog();
  log.add(failed('none', 1), false);
  log.add(failed('none', 2), false);
  log.setWait(500);
  expect(log.entries.map(({ waitMs }) => waitMs)).toEqual([undefined, 500]);
  log.setWait(700);
  expect(log.entries.at(-1)?.waitMs).toBe(700);
});

test('a wait before any attempt is nobody’s', () => {
  const log = new AttemptLog();
  log.setWait(500);
  expect(log.entries).toEqual([]);
});

test('holds come in their order', () => {
  const log = new AttemptLog();
  log.addHold({ beforeAttempt: 1, heldMs: 10 });
  log.addHold({ beforeAttempt: 2, heldMs: 20 });
  expect(log.holds).toEqual([
    { beforeAttempt: 1, heldMs: 10 },
    { beforeAttempt: 2, heldMs: 20 },
  ]);
});

test('each note is kept once', () => {
  const log = new AttemptLog();
  for (const note of ['one', 'two', 'one']) log.note(note);
  expect(log.notes).toEqual(['one', 'two']);
});

describe('the most that a call can have been billed for', () => {
  test.each<[readonly Effect[], boolean, number]>([
    [[], true, 1],
    [[], false, 0],
    [['none', 'none'], true, 1],
    [['unknown', 'none'], true, 2],
    [['unknown', 'done'], false, 2],
  ])('after %j and success %j it is %i', (effects, succeeded, bills) => {
    const log = new AttemptLog();
    for (const effect of effects) log.add(failed(effect), false);
    expect(log.possibleBills('POST', succeeded)).toBe(bills);
  });

  test.each(['GET', 'head', 'OPTIONS', 'trace'])('is nothing for a %s', (method) => {
    const log = new AttemptLog();
    log.add(failed('done'), false);
    expect(log.possibleBills(method, true)).toBe(0);
  });

  test('is one where an idempotency key is honoured', () => {
    const log = new AttemptLog();
    log.add(failed('unknown'), false);
    log.add(failed('unknown'), true);
    expect(log.possibleBills('POST', true)).toBe(1);
    expect(new AttemptLog().possibleBills('POST', false)).toBe(0);
  });
});

test('who did not say the method may have been billed', () => {
  expect(mayBeBilled(undefined, failed('unknown'))).toBe(true);
  expect(mayBeBilled('PUT', failed('done'))).toBe(true);
  expect(mayBeBilled('POST', failed('none'))).toBe(false);
  expect(mayBeBilled('POST', { number: 1, durationMs: 1 })).toBe(false);
});

test('an entry tells the status and the request id of its answer, if there are any', () => {
  const part = { number: 2, durationMs: 30, told: { ms: 1000, by: 'retry-after' } };
  const headers = { 'x-request-id': 'req_1' };
  expect(describeAttempt(part, { status: 429, headers })).toEqual({
    ...part,
    status: 429,
    requestId: 'req_1',
  });
  expect(describeAttempt(part, { error: new Error('x') })).toEqual(part);
});
