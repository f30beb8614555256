import { expect, test } from 'vitest';
import { adviseConcurrency } from './concurrency-advice.js';
import { genericProfile } from './generic-profile.js';

const profile = { ...genericProfile, inFlightShare: 1 / 60 };

test.each([
  [10, 1],
  [60, 1],
  [300, 5],
  [359, 5],
  [360, 6],
  [0, 1],
])('of %i requests a minute %i are under way at once', (perMinute, calls) => {
  expect(adviseConcurrency(profile, perMinute)).toBe(calls);
});

test('nothing is advised where the provider advises nothing, or the limit is none', () => {
  expect(adviseConcurrency(genericProfile, 60)).toBeUndefined();
  for (const perMinute of [-1, Number.NaN]) {
    expect(adviseConcurrency(profile, perMinute)).toBeUndefined();
  }
});
