import { expect, test } from 'vitest';
import { keyIdOf } from './key-id.js';

test('the name of a key in Redis does not show the credential in it', () => {
  const id = keyIdOf('forbear', 'https://api.test Bearer sk-secret');
  expect(id).toMatch(/^\{forbear:[0-9a-f]{32}\}$/);
});

test('it is the same in every process, and another for each key and prefix', () => {
  expect(keyIdOf('forbear', 'a')).toBe('{forbear:ca978112ca1bbdcafac231b39a23dc4d}');
  const ids = [keyIdOf('forbear', 'a'), keyIdOf('forbear', 'b'), keyIdOf('other', 'a')];
  expect(new Set(ids).size).toBe(3);
});
