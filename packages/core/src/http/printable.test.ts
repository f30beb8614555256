import { expect, test } from 'vitest';
import { toPrintable } from './printable.js';

test('line breaks become one space and control characters go', () => {
  expect(toPrintable('a\r\n\u2028b\u0000\u001b[31mc\u0085d\u202ee', 99)).toBe('a b[31mc de');
});

test('it is trimmed and cut', () => {
  expect(toPrintable('  abcdef ', 3)).toBe('abc');
  expect(toPrintable('abc', 3)).toBe('abc');
  expect(toPrintable('', 3)).toBe('');
});

test('a cut leaves no half of a character', () => {
  expect(toPrintable('ab😀', 3)).toBe('ab');
  expect(toPrintable('ab😀', 4)).toBe('ab😀');
  expect(toPrintable('a\u{10000}', 2)).toBe('a');
  expect(toPrintable('a\u{10ffff}', 2)).toBe('a');
  expect(toPrintable('a\ud7ff\ue000', 2)).toBe('a\ud7ff');
});
