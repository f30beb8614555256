import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HeaderSource } from '../facts.js';
import { readBodyDelay } from './body-delay.js';
import { decimalMs, goDurationMs } from './duration.js';
import { readErrorBody } from './error-body.js';
import { headerNames, readHeader } from './headers.js';
import { parseHttpDate } from './http-date.js';
import { readRateLimits, toldByReset } from './rate-limit.js';
import { readRateLimitPolicies } from './rate-limit-field.js';
import { readRequestId } from './request-id.js';
import { parseReset } from './reset-value.js';
import { readRetryAfter } from './retry-after.js';
import { serverNow } from './server-now.js';

const names = fc.constantFrom(
  'retry-after',
  'Retry-After-Ms',
  'x-ms-retry-after-ms',
  'x-amz-retry-after',
  'grpc-retry-pushback-ms',
  'date',
  'age',
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-after',
  'anthropic-ratelimit-tokens-limit',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-tokens-reset',
  'x-request-id',
);

/** Texts that look like times, next to any text. */
const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^-?[0-9]{1,25}(\.[0-9]{0,25})?$/),
  fc.stringMatching(/^([0-9]{1,4}(\.[0-9]{0,9})?(ns|us|ms|s|m|h)){1,4}$/),
  fc.stringMatching(/^"[a-z]{0,3}";r=-?[0-9]{1,16};t=-?[0-9]{1,16}$/),
  fc.stringMatching(/^[0-9]{1,9}, [0-9]{1,9}(;w=[0-9]{1,4})?$/),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toString()),
  fc.constantFrom('0', '-1', '', 'NaN', 'Infinity', '0x10', '1e9', '-0'),
);
const nows = fc.oneof(fc.constant(1_795_392_000_000), fc.integer(), fc.double());

const records = fc.dictionary(fc.oneof(names, fc.string()), fc.oneof(values, fc.anything()));
const fail = () => {
  throw new Error('hostile');
};
/** Behind functions, because fast-check looks into its values. */
const hostile = fc.oneof(
  fc.anything().map((value) => () => value),
  fc.anything().map((value) => () => ({ get: () => value, keys: () => value })),
  records.map((record) => () => new Map(Object.entries(record))),
  records.map((record) => () => ({ get: (name: string) => record[name] })),
  records.map((record) => () => new Proxy(record, { get: fail })),
  fc.constantFrom(
    () => ({ get: fail, keys: fail }),
    () => ({ get: fail, [Symbol.iterator]: fail }),
    () => ({ get: () => new Proxy([], { get: fail }), keys: () => ['x-ratelimit-limit'] }),
    () => new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail }),
    () => new Proxy({}, { get: () => fail, getPrototypeOf: fail }),
  ),
);
const sources = fc.oneof(
  records.map((record) => () => record),
  hostile,
) as fc.Arbitrary<() => HeaderSource>;

function expectWait(waitMs: number | undefined): void {
  if (waitMs === undefined) return;
  expect(Number.isSafeInteger(waitMs) && waitMs >= 0, `${waitMs} is a wait`).toBe(true);
}

test('any value is a finite wait or none', () => {
  fc.assert(
    fc.property(values, nows, (value, now) => {
      expectWait(parseReset(value, now));
      expectWait(decimalMs(value, 's'));
      expectWait(goDurationMs(value));
      const date = parseHttpDate(value, now);
      if (date !== undefined) expect(Number.isSafeInteger(date)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('any headers are read without throwing, and every wait in them is finite', () => {
  fc.assert(
    fc.property(sources, nows, (give, now) => {
      const headers = give();
      const told = readRetryAfter(headers, now);
      expectWait(told?.waitMs);
      expect(told?.waitMs === undefined).toBe(told?.source === undefined);
      for (const note of told?.malformed ?? []) expect(note).not.toMatch(/\p{Cc}/u);

      const limits = readRateLimits(headers, now);
      for (const { limit, remaining, resetMs } of limits) {
        for (const count of [limit, remaining, resetMs]) expectWait(count);
      }
      for (const shape of ['window', 'full'] as const) {
        const wait = toldByReset(limits.map((limit) => ({ ...limit, shape })))?.waitMs;
        expectWait(wait);
        expect(wait).not.toBe(0);
      }
      readRateLimitPolicies(headers).map(({ quota }) => expectWait(quota));
      expect(readRequestId(headers) ?? 'id').toMatch(/^[\x21-\x7e]{1,128}$/);
      expect(typeof serverNow(headers, now)).toBe('number');
      for (const name of headerNames(headers)) {
        expect(['string', 'undefined']).toContain(typeof readHeader(headers, name));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('any body is read without throwing, and nothing of it is long', () => {
  const bodies = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .anything()
      .map((error) => JSON.stringify({ error }, (_, each) => each?.toString?.() ?? null)),
    fc
      .record({ error: fc.record({ message: fc.string({ unit: 'binary' }), code: fc.anything() }) })
      .map(({ error }) => JSON.stringify({ error: { ...error, code: String(typeof error.code) } })),
  );
  fc.assert(
    fc.property(bodies, (text) => {
      const body = readErrorBody(text);
      expect(body.codes.every((code) => code !== '' && code.length <= 100)).toBe(true);
      expect(body.message.length).toBeLessThanOrEqual(2000);
      expect(body.codes.join('') + body.message).not.toMatch(/\p{Cc}/u);
      expectWait(readBodyDelay(body, 0)?.waitMs);
    }),
    { numRuns: 1_000 },
  );
});

test('decimals are exact to the millisecond', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000_000), fc.nat(999), (seconds, ms) => {
      expect(decimalMs(`${seconds}.${String(ms).padStart(3, '0')}`, 's')).toBe(
        seconds * 1_000 + ms,
      );
    }),
  );
});

test('what JavaScript prints as an HTTP-date is read back', () => {
  const dates = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      const seconds = Math.floor(date.getTime() / 1_000) * 1_000;
      expect(parseHttpDate(date.toUTCString(), 0)).toBe(seconds);
    }),
  );
});

test('a date is the same wait however it is written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seconds) => {
      const now = 1_795_392_000_000;
      const date = new Date(now + seconds * 1_000);
      const waits = [
        date.toISOString(),
        date.toUTCString(),
        String(date),
        String(date.getTime()),
        String(date.getTime() / 1_000),
        `${seconds}s`,
        String(seconds),
      ].map((text) => parseReset(text, now));
      expect(new Set(waits)).toEqual(new Set([seconds * 1_000]));
    }),
  );
});
