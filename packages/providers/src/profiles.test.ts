import { decide, definePolicy, type Facts, type ProfileRule } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import * as all from './index.js';

const { auto: _, ...profiles } = all;

const statusesOf = ({ status }: Pick<ProfileRule, 'status'>) => [status].flat();
const isSpecific = ({ code, envelope, message, headers, keyed }: ProfileRule) =>
  (code ?? envelope ?? message ?? headers ?? keyed) !== undefined;

const MAY_BE_BILLED: readonly Facts[] = [
  ...[408, 424, 499, 500, 502, 503, 504, 520, 522, 524, 529].flatMap((status) =>
    ['', '<html>', '{"message":"Internal server error"}'].map((body) => ({ status, body })),
  ),
  { error: new Error('socket hang up'), sent: 'yes' },
  { timedOut: true },
];

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

  test('repeats no POST after what may have been billed, whoever on the way says it', () => {
    for (const facts of MAY_BE_BILLED) {
      const decision = decide({ method: 'POST', ...facts }, { provider: profile });
      expect(decision, JSON.stringify(facts)).toMatchObject({
        reason: 'may-have-been-done',
        failure: { effect: 'unknown' },
      });
    }
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

test('only these answers of 5xx are vouched for, each by a page that says why', () => {
  const vouched = Object.entries(profiles).flatMap(([name, { rules }]) =>
    rules
      .filter(({ effect = 'none' }) => effect === 'none')
      .flatMap((rule) => statusesOf(rule).filter((status) => status >= 500))
      .map((status) => `${name} ${status}`),
  );
  expect(vouched.sort()).toEqual([
    'anthropic 529',
    'bedrock 529',
    'flexai 503',
    'gemini 500',
    'gemini 503',
    'huggingface 503',
    'notion 529',
    'openai 503',
    'openrouter 503',
    'openrouter 529',
    'together 503',
  ]);
});
