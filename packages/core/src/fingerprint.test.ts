import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.js';

test('the same parts have the same fingerprint', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      return fingerprintOf(...parts) === fingerprintOf(...parts.map((part) => `${part}`));
    }),
  );
});

test('different parts have different ones', () => {
  const parts = fc.array(fc.string({ maxLength: 6 }), { maxLength: 5 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      return same === (fingerprintOf(...one) === fingerprintOf(...other));
    }),
  );
});

test('where one part ends and the next begins makes a difference', () => {
  const all = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['a', 'b', 'c'], ['']];
  expect(new Set(all.map((parts) => fingerprintOf(...parts))).size).toBe(all.length);
});

test('a hundred thousand requests that differ in a digit are told apart', () => {
  const names = new Set<string>();
  for (let index = 0; index < 100_000; index++) {
    names.add(fingerprintOf('POST', 'https://api.example.com/v1/chat', `{"user":"${index}"}`));
  }
  expect(names.size).toBe(100_000);
});

test('it is short, and nothing of the request can be read in it', () => {
  const name = fingerprintOf('POST', 'https://api.example.com', 'my secret prompt '.repeat(1000));
  expect(name).toMatch(/^[0-9a-z]{1,7}\.[0-9a-z]{1,7}$/);
});
