import { expect, expectTypeOf, test, vi } from 'vitest';
import { Events, notify } from './events.js';
import type { GiveUpEvent, PolicyEvent, WaitingEvent } from './policy-events.js';

const attempt: PolicyEvent = { type: 'attempt', call: 1, key: '', attempt: 1, atMs: 0 };

test('a listener is told every event of its name, and no others', () => {
  const events = new Events();
  const heard: PolicyEvent[] = [];
  events.on('attempt', (event) => heard.push(event));
  events.emit({ ...attempt });
  events.emit({ ...attempt, type: 'success' });
  events.emit({ ...attempt, attempt: 2 });
  expect(heard).toEqual([attempt, { ...attempt, attempt: 2 }]);
});

test('a listener knows the type of its record', () => {
  const events = new Events();
  events.on('waiting', (event) => expectTypeOf(event).toEqualTypeOf<WaitingEvent>());
  events.on('give-up', (event) => expectTypeOf(event).toEqualTypeOf<GiveUpEvent>());
  // @ts-expect-error: a success has no reason
  events.on('success', ({ reason }) => reason);
  expectTypeOf<Parameters<typeof events.on>[0]>().toEqualTypeOf<PolicyEvent['type']>();
});

test('an event that does not exist, and a listener that is no function, are refused', () => {
  const on = new Events().on.bind(new Events()) as (name: string, listener: unknown) => void;
  expect(() => on('retries', () => {})).toThrow("name: got \"retries\"; give 'attempt', 'waiting'");
  expect(() => on('retry', 5)).toThrow('listener: got 5; give a function');
});

test('all listeners are given one record, and it is frozen', () => {
  const events = new Events();
  const heard: PolicyEvent[] = [];
  for (let count = 0; count < 2; count++) events.on('attempt', (event) => heard.push(event));
  events.emit({ ...attempt });
  expect(heard[0]).toBe(heard[1]);
  expect(Object.isFrozen(heard[0])).toBe(true);
});

test('what on() returns takes off that one registration, however often it is called', () => {
  const events = new Events();
  const listener = vi.fn();
  const off = events.on('attempt', listener);
  events.on('attempt', listener);
  off();
  off();
  events.emit({ ...attempt });
  expect(listener).toHaveBeenCalledTimes(1);
  expect(events.hears('attempt')).toBe(true);
});

test('it knows whether anybody listens', () => {
  const events = new Events();
  expect(events.hears('attempt')).toBe(false);
  const offs = [events.on('attempt', () => {}), events.on('attempt', () => {})];
  expect([events.hears('attempt'), events.hears('success')]).toEqual([true, false]);
  for (const off of offs) off();
  expect(events.hears('attempt')).toBe(false);
});

test('a listener that throws or rejects stops neither the others nor the emitter', async () => {
  const events = new Events();
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const last = vi.fn();
  events.on('attempt', () => {
    throw new Error('mine');
  });
  events.on('attempt', async () => {
    throw new Error('mine, later');
  });
  events.on('attempt', last);
  expect(() => events.emit({ ...attempt })).not.toThrow();
  expect(last).toHaveBeenCalledTimes(1);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('a listener may take itself off while it is told', () => {
  const events = new Events();
  const others = vi.fn();
  const off: () => void = events.on('attempt', () => off());
  events.on('attempt', others);
  events.emit({ ...attempt });
  events.emit({ ...attempt });
  expect(others).toHaveBeenCalledTimes(2);
});

test('notify gives its listener the value', () => {
  const listener = vi.fn();
  notify(listener, 5);
  expect(listener.mock.calls).toEqual([[5]]);
});
