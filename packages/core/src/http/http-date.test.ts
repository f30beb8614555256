import { expect, test } from 'vitest';
import { parseHttpDate } from './http-date.js';

const NOW = Date.UTC(2026, 10, 23);
const at = (iso: string) => new Date(iso).getTime();

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37Z'],
  ['Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37Z'],
  ['Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00Z'],
  ['Fri, 31 Dec 9999 23:59:59 GMT', '9999-12-31T23:59:59Z'],
  ['Mon, 01 Jan 0001 00:00:00 GMT', '0001-01-01T00:00:00Z'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00Z'],
  ['Tue, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
])('%s is %s', (text, iso) => {
  expect(parseHttpDate(text, NOW)).toBe(at(iso));
});

test.each(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])(
  '%s is a month',
  (month) => {
    const index = new Date(`2026 ${month} 1 UTC`).getUTCMonth();
    expect(parseHttpDate(`Mon, 15 ${month} 2026 00:00:00 GMT`, NOW)).toBe(
      Date.UTC(2026, index, 15),
    );
  },
);

test.each([
  '',
  'Sun, 06 Now 1994 08:49:37 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Sun, 32 Dec 1994 08:49:37 GMT',
  'Wed, 29 Feb 2023 00:00:00 GMT',
  'Thu, 29 Feb 1900 00:00:00 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 25:49:37 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Xxx, 06 Nov 1994 08:49:37 GMT',
  ' Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT, 5',
  'Sun, 06-Nov-94 08:49:37 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
  'Sunday, 31-Feb-94 08:49:37 GMT',
  'Sunday, 06-Nov-94 08:49:37 GMT, 5',
  '5, Sunday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov  6 08:49:37 1994, 5',
  '5, Sun Nov  6 08:49:37 1994',
  'Sun Nov 06 08:49:37 94',
  'Sun Nov 6 08:49:37 1994',
  '1994-11-06T08:49:37Z',
  '784111777',
])('%j is no HTTP-date', (text) => {
  expect(parseHttpDate(text, NOW)).toBeUndefined();
});

test.each([
  ['2026-11-23T00:00:00Z', '26', 2026],
  ['2026-11-23T00:00:00Z', '76', 2076],
  ['2026-11-23T00:00:00Z', '77', 1977],
  ['2099-06-01T00:00:00Z', '05', 2105],
  ['2001-06-01T00:00:00Z', '99', 1999],
])('in %s a year of %s is %d: at most 50 years ahead', (now, year, full) => {
  expect(parseHttpDate(`Sunday, 01-Mar-${year} 00:00:00 GMT`, at(now))).toBe(Date.UTC(full, 2, 1));
});

test('the 50 years are counted to the second', () => {
  expect(parseHttpDate('Monday, 23-Nov-76 00:00:00 GMT', NOW)).toBe(Date.UTC(2076, 10, 23));
  expect(parseHttpDate('Monday, 23-Nov-76 00:00:01 GMT', NOW)).toBe(
    Date.UTC(1976, 10, 23, 0, 0, 1),
  );
});

test('a two-digit year means nothing without a present', () => {
  expect(parseHttpDate('Monday, 23-Nov-26 00:00:00 GMT', Number.NaN)).toBeUndefined();
});
