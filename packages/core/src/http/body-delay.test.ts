import { expect, test } from 'vitest';
import { readBodyDelay, readRenewal } from './body-delay.js';
import { LONGEST_WAIT_MS } from './duration.js';
import { readErrorBody } from './error-body.js';

const NOW = 1_795_392_000_000;
const read = (body: unknown) => readBodyDelay(readErrorBody(JSON.stringify(body)), NOW);
const retryInfo = (retryDelay: unknown) => ({ error: { details: [{}, { retryDelay }] } });
const cost = (requested: unknown, available: unknown, rate: unknown) => ({
  errors: [{ message: 'Throttled' }],
  extensions: {
    cost: {
      requestedQueryCost: requested,
      throttleStatus: { currentlyAvailable: available, restoreRate: rate },
    },
  },
});

test.each<[unknown, number | undefined]>([
  [retryInfo('45.837906927s'), 45_838],
  [[retryInfo('11s')], 11_000],
  [retryInfo('900ms'), 900],
  [retryInfo('0s'), undefined],
  [retryInfo('-1s'), undefined],
  [retryInfo({ seconds: '34', nanos: 74_824_224 }), 34_075],
  [retryInfo({ seconds: 3 }), 3000],
  [retryInfo({ nanos: 1 }), 1],
  [retryInfo({ seconds: -3 }), undefined],
  [retryInfo(5), undefined],
  [{ retry_after: 64.57, message: 'm' }, 64_570],
  [{ retry_after: '2.0' }, 2000],
  [{ retry_after: 1e-9 }, 1],
  [{ retry_after: 1e300 }, LONGEST_WAIT_MS],
  [{ retry_after: -1 }, undefined],
  [{ retry_after: null }, undefined],
  [{ error: { retry_after: 3 } }, 3000],
  [{ error: { retry_after_ms: 1500.5 } }, 1501],
  [{ error: { availability: { retry_after: 7 } } }, 7000],
  [{ error: { metadata: { resets_at: '2026-11-23T00:00:30Z' } } }, 30_000],
  [{ error: { resets_at: NOW / 1000 + 9 } }, 9000],
  [cost(101, 1, 50), 2000],
  [cost(1, 101, 50), undefined],
  [cost(101, 1, 0), LONGEST_WAIT_MS],
  [cost('101', 1, 50), undefined],
])('%j names %s ms', (body, waitMs) => {
  expect(read(body)).toEqual(waitMs && { waitMs, source: 'its body' });
});

test.each([
  ['Rate limit reached. Please try again in 7.66s. Visit https://a.example', 7660],
  ['Please try again in 6m0s.', 360_000],
  ['Please try again in 120ms', 120],
  ['Please try again in 1h2m3.5s', 3_723_500],
  ['Rate limit exceeded. Retry after 34 seconds.', 34_000],
  ['Please retry after 6 seconds. Contact us', 6000],
  ['Please retry in 45.837906927s.', 45_838],
  ['retry after 1 minute', 60_000],
  ['Wait 2.5 minutes and try again', 150_000],
  ['Try again in 1 hour', 3_600_000],
  ['try again in 500 milliseconds', 500],
  ['TRY AGAIN IN 3 SECS', 3000],
  ['You may retry 3 times. Try again in 2 seconds', 2000],
  ['try again in 0s', undefined],
  ['try again later', undefined],
  ['Retry after 5', undefined],
  ['retry 5 requests', undefined],
  ['try again in 5 moons', undefined],
  ['try again in 9s4me', undefined],
  [`try again in ${'9'.repeat(30)}s`, LONGEST_WAIT_MS],
])('%j names %s ms', (message, waitMs) => {
  expect(read({ error: { message } })).toEqual(waitMs && { waitMs, source: 'its message' });
});

test('what is structured goes before the message, also in the JSON of another message', () => {
  const message = 'try again in 1s';
  expect(read({ error: { message, retry_after: 9 } })?.waitMs).toBe(9000);
  const inner = JSON.stringify({ error: { message: 'm', details: [{ retryDelay: '5s' }] } });
  expect(read([{ error: { message: inner } }])?.waitMs).toBe(5000);
});

test('a renewal is told apart from a delay', () => {
  const renewal = (body: unknown) => readRenewal(readErrorBody(JSON.stringify(body)), NOW);
  expect(renewal({ error: { resets_at: '2026-11-24T00:00:00Z' } })).toBe(86_400_000);
  expect(renewal({ error: { resets_at: '2020-01-01T00:00:00Z' } })).toBeUndefined();
  expect(renewal({ error: { retry_after: 3 } })).toBeUndefined();
});
