import type { Limit } from './limit.js';
import { EvenPace } from './pace/even-pace.js';
import type { Pacer } from './pace/pacer.js';
import { TokenBucket } from './pace/token-bucket.js';
import { WindowLog } from './pace/window-log.js';

/** What counts a limit that was given. */
export function pacerOf({ amount, perMs, shape }: Limit): Pacer {
  switch (shape) {
    case 'fixed':
    case 'sliding':
      return new WindowLog(amount, perMs);
    case 'bucket':
      return new TokenBucket(amount, perMs);
    case 'even':
      return new EvenPace(amount, perMs);
  }
}
