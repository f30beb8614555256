import { expect, test } from 'vitest';
import { bytesOf, latin1 } from './body-bytes.js';

test('the bytes of a view are those that it shows', () => {
  const { buffer } = new Uint8Array([1, 2, 3, 4]);
  expect(bytesOf(new DataView(buffer, 1, 2))).toEqual(new Uint8Array([2, 3]));
  expect(bytesOf(new Uint8Array(buffer, 2))).toEqual(new Uint8Array([3, 4]));
  expect(bytesOf(buffer)).toEqual(new Uint8Array([1, 2, 3, 4]));
});

test('anything else has no bytes', () => {
  for (const body of [undefined, null, 'text', [1], { length: 1 }, new URLSearchParams('a=b')]) {
    expect(bytesOf(body)).toBeUndefined();
  }
});

test('bytes become units one by one, and no more of them than asked for', () => {
  const many = Uint8Array.from({ length: 10_000 }, (_, at) => at % 256);
  const text = latin1(many, 9_999);
  expect(text).toHaveLength(9_999);
  expect(Array.from(text, (unit) => unit.charCodeAt(0))).toEqual([...many.subarray(0, 9_999)]);
  expect(latin1(new Uint8Array([0x61]), 5)).toBe('a');
});
