import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msUntilRenewal } from './renewal.js';

test.each([
  ['day', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
  ['day', '2026-11-23T23:59:59.999Z', '2026-11-24T00:00:00.000Z'],
  ['month', '2026-11-23T12:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ['month', '2026-12-31T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['day-pacific', '2026-11-23T00:00:00.000Z', '2026-11-23T08:00:00.000Z'],
  ['day-pacific', '2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
  ['day-pacific', '2026-07-01T12:00:00.500Z', '2026-07-02T07:00:00.000Z'],
  ['month', '0050-01-31T12:00:00.000Z', '0050-02-01T00:00:00.000Z'],
  // The clocks go back on the first of November, and forward on the eighth of March.
  ['day-pacific', '2026-11-01T07:30:00.000Z', '2026-11-02T08:00:00.000Z'],
  ['day-pacific', '2026-03-08T08:30:00.000Z', '2026-03-09T07:00:00.000Z'],
] as const)('an allowance by %s that is used up at %s is renewed at %s', (renewal, at, renewed) => {
  const nowMs = Date.parse(at);
  expect(new Date(nowMs + msUntilRenewal(renewal, nowMs)).toISOString()).toBe(renewed);
});

test('a part of a millisecond before a month makes it no longer than it is', () => {
  expect(msUntilRenewal('month', -0.1)).toBeLessThanOrEqual(1);
  expect(msUntilRenewal('month', -0.1)).toBeGreaterThan(0);
});

test('it is renewed within its time, whatever the clock says', () => {
  const renewals = fc.constantFrom('day', 'day-pacific', 'month' as const);
  fc.assert(
    fc.property(renewals, fc.oneof(fc.double(), fc.integer({ min: 0, max: 4e12 })), (by, nowMs) => {
      const ms = msUntilRenewal(by, nowMs);
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual((by === 'month' ? 31 * 24 : 25) * 3_600_000);
    }),
  );
});
