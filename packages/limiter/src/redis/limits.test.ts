import { expect, test } from 'vitest';
import { Limits } from './limits.js';

const perMinute = { unit: 'requests', amount: 600, perMs: 60_000, shape: 'bucket' } as const;
const perSecond = { unit: 'requests', amount: 5, perMs: 1000, shape: 'fixed' } as const;
const tokens = { unit: 'tokens', amount: 1000, perMs: 60_000, shape: 'sliding' } as const;
const need = { requests: 1, inputTokens: 600, outputTokens: 300 };

test('the strictest of several limits sets the pace, given or learnt', () => {
  const limits = new Limits([perMinute, perSecond], 'window');
  expect(limits.paceMs('requests', 0)).toBe(200);
  expect(limits.paceMs('tokens', 0)).toBe(0);
  expect(limits.windowMs('requests')).toBe(1000);
  limits.learn([{ unit: 'requests', name: 'rpm', limit: 60, remaining: 60, resetMs: 60_000 }], 0);
  expect(limits.paceMs('requests', 0)).toBe(1000);
});

test('what is left of a limit that was given too may waver', () => {
  const limits = new Limits([perSecond], 'window');
  const said = { unit: 'requests', name: 'rps', limit: 5, remaining: 3 } as const;
  limits.learn([{ ...said, resetMs: 670 }], 0);
  expect(limits.paceMs('requests', 0)).toBe(200);
  limits.learn([{ ...said, remaining: 1, resetMs: 900 }], 300);
  expect(limits.paceMs('requests', 300)).toBe(900);
});

test('it is news when a limit was not known, or holds another amount', () => {
  const limits = new Limits([], 'window');
  const said = { unit: 'requests', name: 'rpm', limit: 60, remaining: 50, resetMs: 1000 } as const;
  expect(limits.learn([said], 0)).toBe(true);
  expect(limits.learn([{ ...said, remaining: 49 }], 1)).toBe(false);
  expect(limits.learn([{ ...said, limit: 30 }], 2)).toBe(true);
});

test('a need that is larger than a limit, given or learnt, is told with the limit', () => {
  expect(new Limits([tokens], 'window').tooLarge(need)).toBeUndefined();
  const large = { ...need, inputTokens: 800 };
  expect(new Limits([tokens], 'window').tooLarge(large)).toEqual({
    unit: 'tokens',
    limit: 1000,
    need: 1100,
  });
  const learnt = new Limits([], 'window');
  learnt.learn([{ unit: 'input-tokens', name: 'itpm', limit: 500 }], 0);
  expect(learnt.tooLarge(need)).toEqual({ unit: 'input-tokens', limit: 500, need: 600 });
});

test('one limit that is used up holds all', () => {
  const limits = new Limits([perMinute], 'window');
  limits.learn([{ unit: 'tokens', name: 'tpm', limit: 500, remaining: 0, resetMs: 700 }], 0);
  expect(limits.emptyForMs(100)).toBe(600);
});

test('a snapshot has the limits that were given, and the learnt ones by their names', () => {
  const limits = new Limits([perSecond], 'window');
  limits.learn([{ unit: 'tokens', name: 'tpm', limit: 500, remaining: 20, resetMs: 700 }], 0);
  expect(limits.snapshot(0)).toEqual([
    { unit: 'requests', limit: 5 },
    { unit: 'tokens', name: 'tpm', limit: 500, remaining: 20 },
  ]);
  expect(limits.snapshot(800)[1]).toEqual({ unit: 'tokens', name: 'tpm', limit: 500 });
});
