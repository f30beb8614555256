import { readdirSync } from 'node:fs';
import {
  type Decision,
  decide,
  genericProfile,
  type ProviderProfile,
  readRateLimits,
  readStreamError,
} from '@forbear/core';
import { describe, expect, test } from 'vitest';
import captured from '../../core/src/http/header-vectors.json' with { type: 'json' };
import { factsOf, NOW_MS, PROFILES, vectorsOf } from './vectors.test.support.js';

/** A decision without the moments in it, which are those of the local clock. */
function lastingPart(decision: Decision): object {
  if (decision.action === 'succeed') return decision;
  const { resetsAt: _, ...failure } = decision.failure;
  const retryAt = decision.action === 'give-up' && decision.retryAt !== undefined;
  return { ...decision, failure, retryAt };
}

describe.each(Object.entries(PROFILES))('%s', (name, provider) => {
  const vectors = vectorsOf(name);
  const answers = vectors.filter(({ stream }) => stream === undefined);
  const events = vectors.filter(({ stream }) => stream !== undefined);

  test.each(answers)('$status: $about', (vector) => {
    const { kind, effect = 'none', then, waitMs, bucket, resetsAt, notes, limits } = vector;
    const facts = factsOf(vector);
    const decision = decide(facts, { provider, backoff: () => 0 });
    expect(decision.action === 'give-up' ? decision.reason : decision.action).toBe(then);
    if (decision.action === 'succeed') return expect(kind).toBe('success');
    const { failure } = decision;
    expect(failure).toMatchObject({ kind, effect });
    if (waitMs !== undefined) expect(decision).toMatchObject({ waitMs });
    if (notes !== undefined) expect(decision.notes).toEqual(notes);
    if (bucket !== undefined) expect(failure.bucket).toBe(bucket);
    const known = failure.resetsAt === undefined ? undefined : new Date(failure.resetsAt);
    if (kind === 'quota-exhausted') expect(known?.toISOString()).toBe(resetsAt);
    if (limits !== undefined) {
      expect(readRateLimits(facts.headers, NOW_MS, provider.limits)).toMatchObject(limits);
    }
  });

  test.each([-1, 1, 0.4])('a clock that is %s days off changes nothing', (days) => {
    for (const vector of answers) {
      const headers = { ...vector.headers, date: new Date(NOW_MS).toUTCString() };
      const facts = factsOf({ ...vector, headers });
      const right = decide(facts, { provider });
      const wrong = decide({ ...facts, nowMs: NOW_MS + days * 86_400_000 }, { provider });
      expect(lastingPart(wrong), vector.about).toEqual(lastingPart(right));
    }
  });

  test.runIf(events.length > 0).each(events)('in a stream: $about', (vector) => {
    const failure = readStreamError(vector.stream ?? '', provider, vector.first);
    const { kind, effect = 'none' } = vector;
    if (kind === 'success') expect(failure).toBeUndefined();
    else expect(failure).toMatchObject({ kind, effect });
  });

  test('has a vector for each of its rules', () => {
    const met = new Set(
      answers.map((vector) => {
        const decision = decide(factsOf(vector), { provider });
        return decision.action === 'succeed' ? '' : decision.failure.because;
      }),
    );
    expect(provider.rules.map(({ because }) => because).filter((rule) => !met.has(rule))).toEqual(
      [],
    );
    expect(new Set(provider.rules.map(({ because }) => because)).size).toBe(provider.rules.length);
  });
});

test('every file of vectors belongs to a profile', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) =>
    file.endsWith('.vectors.json'),
  );
  const names = files.map((file) => file.replace('.vectors.json', ''));
  expect(names.sort()).toEqual(Object.keys(PROFILES).sort());
});

/** Answers that were captured, or that a page shows; names of profiles, or of one of its APIs. */
const bodies: readonly {
  readonly provider: string;
  readonly status: number;
  readonly method?: string;
  readonly headers?: object;
  readonly body: unknown;
  readonly retry: boolean;
  readonly waitMs?: number;
}[] = captured.bodies;

/** The profile whose name stands before the dash; `any` is no provider. */
function profileOf(name: string): ProviderProfile {
  const [first = ''] = name.split('-');
  const provider = first === 'any' ? genericProfile : PROFILES[first];
  if (provider === undefined) throw new Error(`${name} has no profile`);
  return provider;
}

describe('captured', () => {
  test.each(captured.reset)('$provider, $header: $value', ({ provider, header, value, waitMs }) => {
    const { limits } = profileOf(provider);
    if (header === 'RetryInfo.retryDelay') {
      const body = JSON.stringify({ error: { details: [{ retryDelay: value }] } });
      const decision = decide(
        { status: 429, method: 'POST', body, nowMs: NOW_MS, random: 0 },
        { provider: profileOf(provider) },
      );
      return expect(decision).toMatchObject({ waitMs });
    }
    const read = readRateLimits({ [header]: value }, NOW_MS, limits);
    expect(read.map(({ source, resetMs }) => [source, resetMs])).toEqual(
      waitMs === null ? [] : [[header, waitMs]],
    );
  });

  for (const { provider: name, status, body, retry, waitMs, ...rest } of bodies) {
    const { method = 'POST', headers = {} } = rest;
    test(`${name}, ${status}: ${JSON.stringify(body)} is repeated: ${retry}`, () => {
      const provider = profileOf(name);
      const facts = { status, method, headers: { ...headers }, body: JSON.stringify(body) };
      const decision = decide(
        { ...facts, nowMs: NOW_MS, random: 0 },
        { provider, maxRetryAfterMs: 1e9 },
      );
      expect(decision.action).toBe(retry ? 'retry' : 'give-up');
      if (waitMs !== undefined) expect(decision).toMatchObject({ waitMs });
    });
  }
});
