import { genericProfile } from '@forbear/core';
import { expect, test } from 'vitest';
import * as all from './index.js';

const { auto, ...profiles } = all;

test.each(Object.entries(profiles))('auto picks %s on each of its hosts', (_, profile) => {
  for (const host of profile.hosts) {
    const url = `https://${host.replaceAll('*', 'any-1')}`;
    expect(auto(url)).toBe(profile);
    expect(auto(`${url}/more?and=more`)).toBe(profile);
  }
});

test('auto picks the generic profile elsewhere', () => {
  expect(auto('https://unknown.example/v1')).toBe(genericProfile);
});
