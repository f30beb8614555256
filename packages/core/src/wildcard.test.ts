import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesWildcard } from './wildcard.js';

test.each([
  ['a', 'a', true],
  ['A', 'a', true],
  ['a', 'ab', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['*PerDay*', 'GenerateRequestsPerDayPerModel', true],
  ['*PerDay*', 'GenerateRequestsPerMinute', false],
  ['a*b', 'ab', true],
  ['a*b', 'aXb', true],
  ['a*b', 'aXbX', false],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'aXbXc', true],
  ['a*b*c', 'acb', false],
  ['', '', true],
  ['', 'a', false],
  ['a.c', 'abc', false],
])('%j is the pattern of %j: %s', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

test('it agrees with a regular expression', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*') });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b') }), (pattern, text) => {
      const same = new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`);
      expect(matchesWildcard(pattern, text)).toBe(same.test(text));
    }),
    { numRuns: 5000 },
  );
});
