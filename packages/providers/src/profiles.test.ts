import { definePolicy } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import * as all from './index.js';

const { auto: _, ...profiles } = all;

describe.each(Object.entries(profiles))('%s', (_, profile) => {
  test('is frozen, is taken by a policy, and names its hosts and its pages', () => {
    expect(Object.isFrozen(profile)).toBe(true);
    expect(definePolicy({ provider: profile }).provider).toBe(profile);
    for (const host of profile.hosts)
      expect(host).toMatch(/^[a-z0-9.*-]+\.[a-z]+(\/[a-z0-9.*-]+)*$/);
    for (const source of profile.sources) expect(URL.canParse(source)).toBe(true);
    expect([profile.hosts.length, profile.sources.length]).not.toContain(0);
  });

  test('has only rules for failures, each with a reason that fits into a sentence', () => {
    for (const rule of profile.rules) {
      expect(rule.status).toBeGreaterThanOrEqual(400);
      expect(rule.because).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test('vouches for no 5xx without its own envelope', () => {
    const careless = profile.rules.filter(
      ({ status, effect = 'none', envelope }) => status >= 500 && effect === 'none' && !envelope,
    );
    expect(careless).toEqual([]);
  });

  test('has no rule that an earlier one hides', () => {
    const isWider = (wide: (typeof profile.rules)[number], rule: (typeof profile.rules)[number]) =>
      wide.status === rule.status &&
      (['type', 'code', 'envelope'] as const).every(
        (part) => wide[part] === undefined || wide[part] === rule[part],
      );
    profile.rules.forEach((rule, index) => {
      const hidden = profile.rules.slice(0, index).some((earlier) => isWider(earlier, rule));
      expect(hidden, rule.because).toBe(false);
    });
  });
});
