import { type AttemptLog, mayBeBilled } from './attempt-log.js';
import type { ProviderProfile } from './profile.js';
import { STOP_REASONS, type StopReason } from './stop-reason.js';
import type { AttemptTrace, Trace } from './trace.js';

/** Why a call was given up. */
export type Stop = Pick<Trace, 'retryAt' | 'refusal'> & {
  readonly reason: StopReason;
  readonly rebuilt?: true;
};

/** What the trace of a call is made of. */
interface CallParts {
  readonly method: string | undefined;
  readonly provider: ProviderProfile;
  readonly key: string;
  readonly log: AttemptLog;
  readonly elapsedMs: number;
  /** Its last attempt, if it succeeded. */
  readonly success: AttemptTrace | undefined;
  readonly stop: Stop | undefined;
}

/** The trace of a call. */
export function describeCall({
  method,
  provider,
  key,
  log,
  elapsedMs,
  success,
  stop,
}: CallParts): Trace {
  const { entries, holds, notes } = log;
  return {
    outcome: stop ? 'give-up' : 'success',
    ...(method !== undefined && { method }),
    provider: provider.name,
    idempotencyKeyHonoured: provider.idempotencyKeys !== undefined,
    key,
    attempts: success ? [...entries, success] : entries,
    holds,
    elapsedMs,
    ...(stop && { ...stop, remedy: STOP_REASONS[stop.reason].remedy }),
    rebuilt: stop?.rebuilt === true,
    mayHaveBeenBilled: entries.some((entry) => mayBeBilled(method, entry)),
    possibleBills: log.possibleBills(method, stop === undefined),
    notes,
  };
}
