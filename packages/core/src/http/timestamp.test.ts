import { expect, test } from 'vitest';
import { parseTimestamp } from './timestamp.js';

const NOW = Date.UTC(2026, 10, 23);

test.each([
  ['2026-10-08T20:25:21Z', Date.UTC(2026, 9, 8, 20, 25, 21)],
  ['2026-10-08t20:25:21z', Date.UTC(2026, 9, 8, 20, 25, 21)],
  ['2026-10-08 20:25:21Z', Date.UTC(2026, 9, 8, 20, 25, 21)],
  ['2026-10-08T20:25:21+00:00', Date.UTC(2026, 9, 8, 20, 25, 21)],
  ['2026-10-08T20:25:21+05:30', Date.UTC(2026, 9, 8, 14, 55, 21)],
  ['2026-10-08T20:25:21-08:00', Date.UTC(2026, 9, 9, 4, 25, 21)],
  ['2026-10-08T20:25:21+23:59', Date.UTC(2026, 9, 7, 20, 26, 21)],
  ['2026-10-08T20:25:21.25Z', Date.UTC(2026, 9, 8, 20, 25, 21, 250)],
  ['2026-10-08T20:25:21.123456789Z', Date.UTC(2026, 9, 8, 20, 25, 21, 124)],
  ['2026-10-08T20:25:21.9999Z', Date.UTC(2026, 9, 8, 20, 25, 22)],
  ['Mon, 23 Nov 2026 00:00:05 GMT', NOW + 5_000],
  ['Monday, 23-Nov-26 00:00:05 GMT', NOW + 5_000],
  [
    'Tue Feb 16 2021 09:02:42 GMT+0100 (Central European Standard Time)',
    Date.UTC(2021, 1, 16, 8, 2, 42),
  ],
  ['Tue Feb 16 2021 09:02:42 GMT-0330', Date.UTC(2021, 1, 16, 12, 32, 42)],
])('%s is a timestamp', (text, ms) => {
  expect(parseTimestamp(text, NOW)).toBe(ms);
});

test('what JavaScript prints is read back', () => {
  const date = new Date(NOW);
  for (const text of [date.toString(), date.toUTCString(), date.toISOString()]) {
    expect(parseTimestamp(text, NOW)).toBe(NOW);
  }
});

test.each([
  '',
  '2026-10-08',
  '2026-10-08T20:25:21',
  '2026-13-08T20:25:21Z',
  '2026-02-30T20:25:21Z',
  '2026-10-08T24:25:21Z',
  '2026-10-08T20:25:21+24:00',
  '2026-10-08T20:25:21+05:60',
  '2026-10-08T20:25:21+0530',
  '2026-10-08T20:25:21.Z',
  '2026-10-08T20:25Z',
  'x2026-10-08T20:25:21Z',
  '2026-10-08T20:25:21Zx',
  'xTue Feb 16 2021 09:02:42 GMT+0100',
  'Tue Feb 16 2021 09:02:42',
  'Tue Feb 30 2021 09:02:42 GMT+0100',
  'Tue Feb 16 2021 09:02:42 GMT+9900',
  'Tue Feb 16 2021 09:02:42 GMT+0100 (',
])('%j is no timestamp', (text) => {
  expect(parseTimestamp(text, NOW)).toBeUndefined();
});
