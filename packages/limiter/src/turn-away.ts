import type { LaneAdmission } from '@forbear/core';
import { NeverFitsError } from './never-fits-error.js';
import type { QueueFullError } from './queue-full-error.js';

/** What a call is told that is not even let into the queue, or has to leave it. */
export function turnAway(error: QueueFullError | NeverFitsError): LaneAdmission {
  const reason = error instanceof NeverFitsError ? 'never-fits' : 'queue-full';
  return { kind: 'turned-away', error, reason };
}
