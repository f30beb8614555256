import { type Backoff, nextBackoff } from './backoff.js';
import type { Facts, HeaderSource } from './facts.js';
import type { Failure } from './failure.js';
import { readBodyDelay } from './http/body-delay.js';
import { type ErrorBody, headersInBody } from './http/error-body.js';
import { readRateLimits, toldByReset } from './http/rate-limit.js';
import type { readRetryAfter } from './http/retry-after.js';
import { serverNow } from './http/server-now.js';
import type { ProviderProfile } from './profile.js';

/** A time that the server named. */
export interface ToldWait {
  /** Milliseconds from the answer on. */
  readonly ms: number;
  /** What named it: a header, in lower case; `its body`, `its message`; or the provider's name. */
  readonly by: string;
  /** The bucket refills steadily, so this is only the least that a wait can be. */
  readonly atLeast?: true;
}

/** Where a told wait is looked for, besides the facts. */
interface Hints {
  readonly profile: ProviderProfile;
  readonly hint: ReturnType<typeof readRetryAfter>;
  readonly body: ErrorBody;
  readonly failure: Failure;
}

/** A wait, jitter included, and the part of it that is not jitter; milliseconds. */
interface Wait {
  readonly waitMs: number;
  readonly floorMs: number;
  readonly note?: string;
}

const ADDED_JITTER_MS = 1000;
const ADDED_JITTER_RATIO = 0.1;

/**
 * What was told: by Retry-After and its relatives, else by the body, else by the reset of an empty
 * bucket, else by the provider's page.
 */
export function readTold(
  facts: Facts,
  { profile, hint, body, failure }: Hints,
): ToldWait | undefined {
  if (hint?.waitMs !== undefined && hint.source !== undefined) {
    return hint.waitMs > 0 ? { ms: hint.waitMs, by: hint.source } : undefined;
  }
  const nowMs = finite(facts.nowMs, 0);
  const serverNowMs = serverNow(facts.headers, nowMs);
  const delay = readBodyDelay(body, serverNowMs);
  if (delay !== undefined) return { ms: delay.waitMs, by: delay.source };
  const read = (headers: HeaderSource | undefined, atMs: number) =>
    toldByReset(readRateLimits(headers, atMs, profile.limits), failure.bucket);
  const reset = read(facts.headers, nowMs) ?? read(headersInBody(body), serverNowMs);
  if (reset !== undefined) {
    const told = { ms: reset.waitMs, by: reset.source };
    return reset.shape === 'full' ? { ...told, atLeast: true } : told;
  }
  const { leastWaitMs } = failure;
  return leastWaitMs === undefined
    ? undefined
    : { ms: leastWaitMs, by: profile.name, atLeast: true };
}

/** The wait before the next attempt: as told, or else the backoff. */
export function findWait(
  facts: Facts,
  backoff: Backoff = {},
  failure: Failure,
  told: ToldWait | undefined,
): Wait {
  const context = {
    attempt: finite(facts.attempt, 1),
    kind: failure.kind,
    previousWaitMs: finite(facts.previousWaitMs, 0),
    random: randomOf(facts),
  };
  const own = () => nextBackoff(backoff, context, failure.evidence === 'not-sent');
  if (told === undefined) return own();
  const toldMs = told.ms + addedJitter(facts, told);
  if (!told.atLeast) return { floorMs: told.ms, waitMs: toldMs };
  const least = own();
  return {
    ...least,
    floorMs: Math.max(told.ms, least.floorMs),
    waitMs: Math.max(toldMs, least.waitMs),
  };
}

/** What is added to a told wait, so that many clients do not come back together; milliseconds. */
export function addedJitter(facts: Facts, told: ToldWait | undefined): number {
  return randomOf(facts) * Math.min(ADDED_JITTER_MS, (told?.ms ?? 0) * ADDED_JITTER_RATIO);
}

function randomOf(facts: Facts): number {
  return Math.min(1, Math.max(0, finite(facts.random, 0.5)));
}

/** `value` if it is a finite number. */
export function finite(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
