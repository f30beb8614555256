import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { onAbort } from './abort.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('an abort calls every callback once', () => {
  const controller = new AbortController();
  const callbacks = [vi.fn(), vi.fn(), vi.fn()];
  for (const callback of callbacks) onAbort(controller.signal, callback);
  controller.abort();
  controller.abort();
  for (const callback of callbacks) expect(callback).toHaveBeenCalledTimes(1);
});

test('a callback that was taken off is not called, though it was given twice', () => {
  const controller = new AbortController();
  const callback = vi.fn();
  const forget = onAbort(controller.signal, callback);
  onAbort(controller.signal, callback);
  forget();
  controller.abort();
  expect(callback).toHaveBeenCalledTimes(1);
});

test('however many wait on a signal, it has one listener, and none when nobody waits', () => {
  const { signal } = new AbortController();
  const forgets = Array.from({ length: 1000 }, () => onAbort(signal, () => {}));
  expect(listeners(signal)).toBe(1);
  for (const forget of forgets) forget();
  expect(listeners(signal)).toBe(0);
  onAbort(signal, () => {});
  expect(listeners(signal)).toBe(1);
});

test('after an abort no listener is left, and forgetting does no harm', () => {
  const controller = new AbortController();
  const forget = onAbort(controller.signal, () => {});
  controller.abort();
  expect(listeners(controller.signal)).toBe(0);
  expect(forget).not.toThrow();
});

test('a callback that another one takes off during the abort is not called', () => {
  const controller = new AbortController();
  const later = vi.fn();
  const forgets: (() => void)[] = [];
  onAbort(controller.signal, () => {
    for (const forget of forgets) forget();
  });
  forgets.push(onAbort(controller.signal, later));
  controller.abort();
  expect(later).not.toHaveBeenCalled();
});

test('each signal calls its own callbacks only', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const callback = vi.fn();
  onAbort(first.signal, callback);
  onAbort(second.signal, () => {});
  second.abort();
  expect(callback).not.toHaveBeenCalled();
});
