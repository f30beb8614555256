import type { LaneEnd, LanePermit, Permit } from '@forbear/core';
import type { AttemptEndKind } from './concurrency.js';
import type { Entry } from './entry.js';
import type { Need } from './need.js';
import type { Grant, LearntLimit } from './permit-source.js';
import { readUsage } from './usage.js';

/** Leave to make one attempt, and what is given back when it is over. It says itself that it was given. */
export class TakenPermit implements LanePermit {
  readonly kind = 'admitted';
  readonly entry: Entry;
  readonly grant: Grant;
  /** Its turn among those under way. */
  readonly turn: number;
  readonly permit: Permit | undefined;
  /** Whether it was given back. */
  isOver = false;

  constructor(entry: Entry, grant: Grant, turn: number, permit: Permit | undefined) {
    this.entry = entry;
    this.grant = grant;
    this.turn = turn;
    this.permit = permit;
  }

  get lanePermit(): LanePermit {
    return this;
  }
}

/** What the end of an attempt tells of how busy the server is. */
export function endKindOf(
  { facts, failure }: LaneEnd,
  told: readonly LearntLimit[],
): AttemptEndKind {
  if (failure?.kind === 'overloaded') return 'throttled';
  if (failure?.kind === 'rate-limited') {
    return told.some(({ remaining }) => remaining === 0) ? 'used-up' : 'throttled';
  }
  return facts?.status === undefined ? 'unanswered' : 'answered';
}

/**
 * What an attempt took of its limits; `undefined`: nothing, since it was not sent. Refused work takes a
 * request and no tokens. What nobody can tell is as it was estimated.
 */
export function usedBy(
  { entry }: TakenPermit,
  { facts, failure, findUsage }: LaneEnd,
): Need | undefined | Promise<Need> {
  if (facts === undefined || failure?.evidence === 'not-sent') return undefined;
  if (!entry.isCounted) return entry;
  if (failure !== undefined) {
    const isRefused = failure.effect === 'none' && failure.status !== undefined;
    return isRefused ? { requests: 1, inputTokens: 0, outputTokens: 0 } : entry;
  }
  try {
    const found = findUsage?.();
    if (!(found instanceof Promise)) return needOf(found, entry);
    return found.then(
      (usage) => needOf(usage, entry),
      () => entry,
    );
  } catch {
    return entry;
  }
}

function needOf(answer: unknown, entry: Entry): Need {
  const usage = readUsage(answer);
  if (usage === undefined) return entry;
  return { requests: 1, inputTokens: usage.input, outputTokens: usage.output };
}
