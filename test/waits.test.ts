import { describe, expect, test } from 'vitest';
import { setUp } from './rig.js';

const DAY_MS = 86_400_000;

function unixSeconds(nowMs: number, afterS: number): string {
  return String(Math.ceil(nowMs / 1000) + afterS);
}

describe('a POST that gets 429 waits at least as long as it was told, and is then answered', () => {
  test.each([
    ['in seconds', () => ({ 'retry-after': '1' }), 1000],
    ['in a decimal', () => ({ 'retry-after': '0.5' }), 500],
    ['in milliseconds', () => ({ 'retry-after-ms': '700.5' }), 701],
    [
      'in an HTTP-date',
      (nowMs: number) => ({ 'retry-after': new Date(nowMs + 7000).toUTCString() }),
      7000,
    ],
    [
      'by a used up window with a Unix reset',
      (nowMs: number) => reset(unixSeconds(nowMs, 34)),
      34_000,
    ],
    ['by a used up window with a duration', () => reset('2s'), 2000],
  ])('%s', async (_, headers, leastMs) => {
    const { provider, clock, call } = await setUp();
    provider.fail({ kind: 'status', status: 429, headers: headers(clock.now()) });
    const { response, requests, gapsMs } = await call('POST');
    expect(response?.status).toBe(200);
    expect(requests).toBe(2);
    expect(gapsMs[0]).toBeGreaterThanOrEqual(leastMs);
    expect(gapsMs[0]).toBeLessThanOrEqual(leastMs * 1.1 + 1);
  });

  test.each([-DAY_MS, DAY_MS])(
    'in a date of a server whose clock is %i ms off',
    async (clockSkewMs) => {
      const { provider, clock, call } = await setUp({ server: { clockSkewMs } });
      const date = new Date(clock.now() + clockSkewMs + 5000).toUTCString();
      provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': date } });
      const { response, gapsMs } = await call('POST');
      expect(response?.status).toBe(200);
      expect(gapsMs[0]).toBeGreaterThanOrEqual(5000);
      expect(gapsMs[0]).toBeLessThanOrEqual(5500);
    },
  );

  test.each([-DAY_MS, DAY_MS])(
    'by a Unix reset of a server whose clock is %i ms off',
    async (clockSkewMs) => {
      const { provider, clock, call } = await setUp({ server: { clockSkewMs } });
      const headers = reset(unixSeconds(clock.now() + clockSkewMs, 20));
      provider.fail({ kind: 'status', status: 429, headers });
      const { response, gapsMs } = await call('POST');
      expect(response?.status).toBe(200);
      expect(gapsMs[0]).toBeGreaterThanOrEqual(20_000);
      expect(gapsMs[0]).toBeLessThanOrEqual(21_000);
    },
  );

  test('by the provider’s own limiter', async () => {
    const { call } = await setUp({
      server: { rateLimit: { shape: 'window', limit: 1, perMs: 6000 } },
    });
    await call('POST');
    const { response, requests, gapsMs } = await call('POST');
    expect(response?.status).toBe(200);
    expect(requests).toBe(2);
    expect(gapsMs[0]).toBeGreaterThanOrEqual(6000);
  });
});

test.each(['3600', '3000000'])(
  'Retry-After: %s is handed over at once, with the time to come back',
  async (value) => {
    const { provider, clock, call } = await setUp();
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': value } });
    const startMs = clock.now();
    const { response, requests, trace } = await call('POST');
    expect(response?.status).toBe(429);
    expect(requests).toBe(1);
    expect(clock.now()).toBe(startMs);
    expect(trace).toMatchObject({
      reason: 'retry-after-too-long',
      retryAt: startMs + Number(value) * 1000,
    });
  },
);

describe('a wait that makes no sense is replaced by backoff, and is never a storm', () => {
  test.each(['soon', '-5', '1e9', 'NaN', '', '1,5x'])('Retry-After: %j', async (value) => {
    const { provider, call } = await setUp();
    const headers = { 'retry-after': value };
    provider.fail({ kind: 'status', status: 429, headers }, { times: 3 });
    const { response, requests, gapsMs, trace } = await call('POST');
    expect(response?.status).toBe(200);
    expect(requests).toBe(4);
    for (const gap of gapsMs) {
      expect(gap).toBeGreaterThanOrEqual(1000);
      expect(gap).toBeLessThanOrEqual(20_001);
    }
    if (value !== '') expect(trace.notes.join()).toContain(`retry-after: ${value}`);
  });

  test.each(['0', 'Mon, 23 Nov 2020 00:00:05 GMT'])(
    'Retry-After: %s, now or past',
    async (value) => {
      const { provider, call } = await setUp();
      const headers = { 'retry-after': value };
      provider.fail({ kind: 'status', status: 429, headers }, { times: 3 });
      const { response, gapsMs } = await call('POST');
      expect(response?.status).toBe(200);
      for (const gap of gapsMs) expect(gap).toBeGreaterThanOrEqual(1000);
    },
  );
});

test('a deadline ends a call before a wait that cannot fit, with the last answer', async () => {
  const { provider, clock, call } = await setUp({ deadlineMs: 1500 });
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { times: 50 });
  const startMs = clock.now();
  const { response, requests, trace } = await call('POST');
  expect(response?.status).toBe(429);
  expect(await response?.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  expect(requests).toBe(2);
  expect(clock.now() - startMs).toBeLessThan(1500);
  expect(trace.reason).toBe('past-deadline');
});

test('a deadline never shortens a told wait', async () => {
  const { provider, call } = await setUp({ deadlineMs: 1500 });
  provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
  const { response, gapsMs } = await call('POST');
  expect(response?.status).toBe(200);
  expect(gapsMs[0]).toBeGreaterThanOrEqual(1000);
});

function reset(value: string) {
  return {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': value,
  };
}
