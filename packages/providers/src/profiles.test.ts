import { definePolicy, type ProfileRule } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import * as all from './index.js';

const { auto: _, ...profiles } = all;

const statusesOf = ({ status }: Pick<ProfileRule, 'status'>) => [status].flat();
const isSpecific = ({ code, envelope, message, headers, keyed }: ProfileRule) =>
  (code ?? envelope ?? message ?? headers ?? keyed) !== undefined;

const HOSTILE = ['a', ' ', '0', 'retry ', 'Limit 0, ', 'x: ', '.', '\\', '"'].map((text) =>
  text.repeat(2000 / text.length),
);

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
      for (const status of statusesOf(rule)) {
        expect(status >= 400 || (status === 200 && isSpecific(rule)), rule.because).toBe(true);
      }
      expect(rule.because).toMatch(/^[a-zA-Z].*[^.]$/);
    }
  });

  test('vouches for no 5xx by its status alone, nor by a mere message', () => {
    const careless = profile.rules.filter(
      ({ effect = 'none', envelope, code, headers, ...rule }) =>
        effect === 'none' &&
        (envelope ?? code ?? headers) === undefined &&
        statusesOf(rule).some((status) => status >= 500),
    );
    expect(careless).toEqual([]);
  });

  test('matches messages without state, in linear time', () => {
    for (const { message } of profile.rules) {
      expect(message?.flags.replace('i', '') ?? '').toBe('');
      // Two stars over one another, or over a choice, can be tried in exponentially many ways.
      expect(message?.source ?? '').not.toMatch(/[*+}]\)[*+{]|[*+][^)]*[*+]\)[*+{]/);
      for (const text of HOSTILE) message?.test(text);
    }
  });

  test('has no rule that an earlier one hides', () => {
    const parts = ['code', 'envelope', 'message', 'headers', 'keyed'] as const;
    const isWider = (wide: ProfileRule, rule: ProfileRule) =>
      isSpecific(wide) === isSpecific(rule) &&
      statusesOf(rule).every((status) => statusesOf(wide).includes(status)) &&
      parts.every((part) => wide[part] === undefined || wide[part] === rule[part]);
    profile.rules.forEach((rule, index) => {
      const hidden = profile.rules.slice(0, index).some((earlier) => isWider(earlier, rule));
      expect(hidden, rule.because).toBe(false);
    });
  });

  test('names its headers in lower case', () => {
    const names = [
      ...(profile.credentials ?? []),
      profile.codeIn ?? '',
      ...(profile.limits ?? []).map(({ headers = '' }) => headers),
      ...profile.rules.flatMap(({ headers = {} }) => Object.keys(headers)),
    ];
    for (const name of names) expect(name).toBe(name.toLowerCase());
  });
});
