import { describe, expect, test } from 'vitest';
import { race } from './bench/race.js';
import {
  bucketRows,
  changingRow,
  givenBucketRow,
  type Row,
  tokenRows,
  windowRows,
} from './bench/races.js';

const rows: readonly (readonly [string, Row])[] = [
  ...windowRows(),
  ...bucketRows(),
  givenBucketRow(100),
  ...tokenRows(200),
  changingRow(6000),
].map((row) => [row.name, row]);

describe('a crowd of calls at a limit', () => {
  test.each(rows)(
    '%s: all answered, hardly any refused, in about the ideal time',
    async (_, row) => {
      const { answered, refused, early, firstWave, seconds } = await race(row);
      expect(answered).toBe(row.bodies.length);
      expect(refused).toBeLessThanOrEqual(row.most429(firstWave));
      expect(early).toBe(0);
      expect(seconds).toBeGreaterThanOrEqual(row.idealS - 0.001);
      expect(seconds).toBeLessThanOrEqual(row.idealS * (1 + row.spare));
    },
  );
});

test('a limit that changes is followed within a window, both ways', async () => {
  const { arrivedMs } = await race(changingRow(6000));
  const perWindow = Array.from(
    { length: 8 },
    (_, window) => arrivedMs.filter((atMs) => Math.floor(atMs / 6000) === window).length,
  );
  expect(perWindow).toEqual([20, 20, 10, 10, 10, 40, 40, 20]);
});
