import { expect, test } from 'vitest';
import { systemClock } from './clock.js';

test('a timer of the real clock never fires before its time', async () => {
  const start = systemClock.monotonic();
  await new Promise<void>((resolve) => systemClock.setTimer(resolve, 20));
  expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(20);
});
