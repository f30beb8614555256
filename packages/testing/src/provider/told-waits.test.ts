import { expect, test } from 'vitest';
import { isEarly, ToldWaits } from './told-waits.js';

const NOW_MS = Date.UTC(2026, 0, 2);
const SKEW_MS = 86_400_000;

test.each([
  ['seconds', '2', 2000],
  ['decimal seconds', '0.5', 500],
  ["a date by the server's clock", 'Sat, 03 Jan 2026 00:00:02 GMT', 2000],
  ['a past date', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['nonsense', 'soon', 0],
])('a wait in %s is understood', (_, retryAfter, waitMs) => {
  const waits = new ToldWaits();
  waits.tell('key', 'a', retryAfter, NOW_MS, SKEW_MS);
  const told = waits.toldTo('key');
  expect(isEarly(told, 'b', NOW_MS + waitMs - 1)).toBe(waitMs > 0);
  expect(isEarly(told, 'b', NOW_MS + waitMs)).toBe(false);
});

test('a shorter wait does not end a longer one', () => {
  const waits = new ToldWaits();
  waits.tell('key', 'a', '10', NOW_MS, 0);
  waits.tell('key', 'b', '1', NOW_MS, 0);
  expect(isEarly(waits.toldTo('key'), 'c', NOW_MS + 5000)).toBe(true);
});

test('what is told after a request arrived does not make it early', () => {
  const waits = new ToldWaits();
  const told = waits.toldTo('key');
  waits.tell('key', 'a', '10', NOW_MS, 0);
  expect(isEarly(told, 'a', NOW_MS)).toBe(false);
  expect(isEarly(waits.toldTo('key'), 'a', NOW_MS)).toBe(true);
});
