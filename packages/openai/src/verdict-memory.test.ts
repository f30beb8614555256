import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { type Refuse, VerdictMemory } from './verdict-memory.js';

const name = (content: string, headers = '') => ({ content, whole: `${content} ${headers}` });
const A = name('a');

const refusal = (): Refuse => () => Promise.reject(new Error('refused'));

function setUp() {
  const clock = new FakeClock();
  return { clock, memory: new VerdictMemory(clock) };
}

test('what was never added is not known', () => {
  expect(setUp().memory.take(A, 1)).toBeUndefined();
});

test('a verdict is for one repetition: the next of the same call', () => {
  const { memory } = setUp();
  const refuse = refusal();
  memory.add(A, 0, refuse);
  expect(memory.take(A, 2)).toBeUndefined();
  expect(memory.take(name('b'), 1)).toBeUndefined();
  expect(memory.take(A, 1)).toBe(refuse);
  expect(memory.take(A, 1)).toBeUndefined();
});

describe('calls that are the same in everything', () => {
  test('are refused as often as any of them is to be, and sent as often as any of them may be', () => {
    const { memory } = setUp();
    memory.add(A, 0, 'send');
    memory.add(A, 0, refusal());
    memory.add(A, 0, 'send');
    memory.add(A, 0, refusal());
    const verdicts = [1, 2, 3, 4, 5].map(() => memory.take(A, 1));
    expect(verdicts.filter((each) => each === 'send')).toHaveLength(2);
    expect(verdicts.filter((each) => typeof each === 'function')).toHaveLength(2);
    expect(verdicts[4]).toBeUndefined();
  });

  test('are refused first, so that none is sent that another is not sure of', () => {
    const { memory } = setUp();
    memory.add(A, 0, 'send');
    memory.add(A, 0, refusal());
    expect(memory.take(A, 1)).toBeTypeOf('function');
  });
});

describe('calls with the same content and other headers', () => {
  test('are told apart', () => {
    const { memory } = setUp();
    const refuse = refusal();
    memory.add(name('a', 'one'), 0, refuse);
    memory.add(name('a', 'two'), 0, 'send');
    expect(memory.take(name('a', 'two'), 1)).toBe('send');
    expect(memory.take(name('a', 'one'), 1)).toBe(refuse);
  });

  test('are sent with a new token, if all that they may repeat may be sent', () => {
    const { memory } = setUp();
    memory.add(name('a', 'old token'), 0, 'send');
    expect(memory.take(name('a', 'new token'), 1)).toBe('send');
  });

  test('are not known with a new token, if one of those was refused', () => {
    const { memory } = setUp();
    memory.add(name('a', 'old token'), 0, 'send');
    memory.add(name('a', 'another'), 0, refusal());
    expect(memory.take(name('a', 'new token'), 1)).toBeUndefined();
  });

  test('are not known with a new token, if they were made another number of times', () => {
    const { memory } = setUp();
    memory.add(name('a', 'old token'), 1, 'send');
    memory.add(name('a', 'old token'), 10, 'send');
    expect(memory.take(name('a', 'new token'), 1)).toBeUndefined();
  });
});

describe('a verdict is remembered for a minute', () => {
  test('to its last moment', async () => {
    const { clock, memory } = setUp();
    memory.add(A, 0, 'send');
    await clock.advance(60_000);
    expect(memory.take(A, 1)).toBe('send');
  });

  test('and no longer', async () => {
    const { clock, memory } = setUp();
    memory.add(A, 0, 'send');
    await clock.advance(60_001);
    expect(memory.take(A, 1)).toBeUndefined();
  });

  test('a wall clock that jumps changes nothing', () => {
    const { clock, memory } = setUp();
    memory.add(A, 0, 'send');
    clock.jump(1e9);
    expect(memory.take(A, 1)).toBe('send');
  });
});

test('at most twenty thousand are remembered, and those with one content go together', () => {
  const { memory } = setUp();
  memory.add(A, 0, 'send');
  memory.add(A, 0, refusal());
  for (let call = 0; call < 20_000; call++) memory.add(name(`b ${call}`), 0, 'send');
  expect(memory.take(A, 1)).toBeUndefined();
  for (let call = 10_000; call < 20_000; call++) {
    expect(memory.take(name(`b ${call}`), 1)).toBe('send');
  }
});

test('what is added to is among the latest', () => {
  const { memory } = setUp();
  memory.add(A, 0, 'send');
  for (let call = 0; call < 10_000; call++) memory.add(name(`b ${call}`), 0, 'send');
  memory.add(A, 0, refusal());
  for (let call = 0; call < 9_990; call++) memory.add(name(`c ${call}`), 0, 'send');
  expect(memory.take(A, 1)).toBeTypeOf('function');
  expect(memory.take(A, 1)).toBe('send');
});
