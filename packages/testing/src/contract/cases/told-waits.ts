import assert from 'node:assert/strict';
import {
  assertBetween,
  assertReason,
  assertSent,
  assertStatus,
  codeIn,
  traceIn,
} from '../called.js';
import type { Suite } from '../runner.js';

const DAY_MS = 86_400_000;

type Headers = Readonly<Record<string, string>>;

/** How long a call waits that is told to, and what is made of waits that make no sense. */
export function describeToldWaits(suite: Suite): void {
  const { describe, test } = suite;
  describe('a POST that gets 429 waits at least as long as it is told, and is then answered', () =>
    describeForms(suite));

  for (const value of ['3600', '3000000']) {
    test(`Retry-After: ${value} is handed out at once, with the time to come back`, async (setUp) => {
      const { provider, clock, call } = await setUp();
      provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': value } });
      const startMs = clock.now();
      const called = await call();
      assertStatus(called, 429);
      assertSent(called, 1, 0);
      assert.equal(called.tookMs, 0);
      assertReason(called, 'retry-after-too-long');
      assert.equal(traceIn(called).retryAt, startMs + Number(value) * 1000);
    });
  }

  describe('a wait that makes no sense is replaced by backoff, and is never a storm', () => {
    for (const value of ['soon', '-5', '1e9', 'NaN', '', '1,5x', '0', PAST]) {
      test(`Retry-After: ${JSON.stringify(value)}`, async (setUp) => {
        const { provider, call } = await setUp();
        const headers = { 'retry-after': value };
        provider.fail({ kind: 'status', status: 429, headers }, { times: 3 });
        const called = await call();
        assertStatus(called, 200);
        assertSent(called, 4, 1);
        for (const gapMs of called.gapsMs) assertBetween(gapMs, 1000, 20_001);
        const isMalformed = value !== '0' && value !== PAST;
        const notes = traceIn(called).notes.join();
        assert.equal(notes.includes(`malformed and ignored: retry-after: ${value}`), isMalformed);
      });
    }
  });

  test('a deadline ends a call before a wait that cannot fit, with the last answer', async (setUp) => {
    const { provider, call } = await setUp({ deadlineMs: 1500 });
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { times: 9 });
    const called = await call();
    assertStatus(called, 429);
    assert.equal(codeIn(called), 'rate_limit_exceeded');
    assertSent(called, 2, 0);
    assertBetween(called.tookMs, 1000, 1499);
    assertReason(called, 'past-deadline');
  });
}

const PAST = 'Mon, 23 Nov 2020 00:00:05 GMT';

function describeForms({ test }: Suite): void {
  for (const [title, headers, leastMs] of [
    ['in seconds', () => ({ 'retry-after': '1' }), 1000],
    ['in a decimal', () => ({ 'retry-after': '0.5' }), 500],
    ['in milliseconds', () => ({ 'retry-after-ms': '700.5' }), 700.5],
    ['in an HTTP-date', (nowMs) => dateAfter(nowMs, 7000), 7000],
    ['by a used up window with a Unix reset', (nowMs) => reset(unixAfter(nowMs, 34)), 34_000],
    ['by a used up window with a duration', () => reset('2s'), 2000],
  ] as readonly (readonly [string, (nowMs: number) => Headers, number])[]) {
    test(title, async (setUp) => {
      const { provider, clock, call } = await setUp();
      provider.fail({ kind: 'status', status: 429, headers: headers(clock.now()) });
      const called = await call();
      assertStatus(called, 200);
      assertSent(called, 2, 1);
      assertBetween(called.gapsMs[0], leastMs, leastMs * 1.1 + 1);
    });
  }

  for (const clockSkewMs of [-DAY_MS, DAY_MS]) {
    for (const [title, headers] of [
      ['in a date', (nowMs: number) => dateAfter(nowMs, 20_000)],
      ['by a Unix reset', (nowMs: number) => reset(unixAfter(nowMs, 20))],
    ] as const) {
      test(`${title} of a server whose clock is ${clockSkewMs} ms off`, async (setUp) => {
        const { provider, clock, call } = await setUp({ server: { clockSkewMs } });
        const told = headers(clock.now() + clockSkewMs);
        provider.fail({ kind: 'status', status: 429, headers: told });
        const called = await call();
        assertStatus(called, 200);
        assertBetween(called.gapsMs[0], 20_000, 21_001);
      });
    }
  }

  test("by the provider's own limiter", async (setUp) => {
    const rateLimit = { shape: 'window', limit: 1, perMs: 6000 } as const;
    const { call } = await setUp({ server: { rateLimit } });
    await call();
    const called = await call();
    assertStatus(called, 200);
    assertSent(called, 2, 1);
    assertBetween(called.gapsMs[0], 6000, 6601);
  });

  test('also with a deadline, which never shortens it', async (setUp) => {
    const { provider, call } = await setUp({ deadlineMs: 1500 });
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    const called = await call();
    assertStatus(called, 200);
    assertBetween(called.gapsMs[0], 1000, 1500);
  });
}

function dateAfter(nowMs: number, ms: number): Headers {
  return { 'retry-after': new Date(nowMs + ms).toUTCString() };
}

function unixAfter(nowMs: number, seconds: number): string {
  return String(Math.ceil(nowMs / 1000) + seconds);
}

function reset(value: string): Headers {
  return {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': value,
  };
}
