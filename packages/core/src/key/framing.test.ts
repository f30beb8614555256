import { expect, test } from 'vitest';
import { frame } from './framing.js';

test('a text has its length before it', () => {
  expect(frame('flex.ai')).toBe('7:flex.ai');
  expect(frame('')).toBe('0:');
});

test('a text that looks framed does not pass for two', () => {
  expect(frame('a1:b')).not.toBe(frame('a') + frame('b'));
});
