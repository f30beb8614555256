import type { Clock } from '@forbear/core';
import type { RequestName } from './request-name.js';

/** Ends a repetition as the call that it repeats ended. */
export type Refuse = () => Promise<Response>;

/** What becomes of a repetition: it is sent, or it is refused. */
export type Verdict = 'send' | Refuse;

/** How long a verdict is remembered: an SDK comes again within 8 seconds, and a busy process is slow. */
const REMEMBERED_MS = 60_000;

/** How many verdicts are remembered at least, and half of how many at most. */
const LEAST_REMEMBERED = 10_000;

/** The verdicts on calls that are the same in everything, and made the same number of times. */
interface Bucket {
  readonly refusals: Refuse[];
  sends: number;
}

/** The verdicts on calls with the same method, URL and body, by their retry count and whole name. */
interface Family {
  readonly buckets: Map<string, Bucket>;
  atMs: number;
}

/**
 * Remembers how calls ended that an SDK may repeat, until it does: each verdict is for one repetition.
 *
 * Nothing tells apart calls that are the same in everything. Their verdicts are handed out in any
 * order, refusals first, so that as many are sent as may be sent, and none that another has to be
 * afraid of. What is not remembered is to be refused, so forgetting costs an answer, never a bill.
 */
export class VerdictMemory {
  readonly #clock: Clock;
  /** By content; those that nothing was added to for a while are in the older map. */
  #families = new Map<string, Family>();
  #older = new Map<string, Family>();
  #added = 0;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonic();
  }

  /** A call with this retry count ended so. */
  add(name: RequestName, retryCount: number, verdict: Verdict): void {
    const atMs = this.#clock.monotonic();
    this.#forget(atMs);
    const family = this.#find(name, atMs) ?? { buckets: new Map(), atMs };
    const id = idOf(name, retryCount);
    const bucket = family.buckets.get(id) ?? { refusals: [], sends: 0 };
    if (verdict === 'send') bucket.sends++;
    else bucket.refusals.push(verdict);
    family.buckets.set(id, bucket);
    family.atMs = atMs;
    this.#older.delete(name.content);
    this.#families.set(name.content, family);
    this.#added++;
  }

  /** The verdict on the call that one with this retry count repeats; `undefined`: nobody knows. */
  take(name: RequestName, retryCount: number): Verdict | undefined {
    const atMs = this.#clock.monotonic();
    this.#forget(atMs);
    const family = this.#find(name, atMs);
    if (family === undefined) return undefined;
    const id = idOf(name, retryCount - 1);
    const own = family.buckets.get(id);
    if (own !== undefined) return takeFrom(family, id, own);
    // It came with other headers, with a new token say. It is sent if all that it may repeat is.
    const others = [...family.buckets].filter(([each]) => each.startsWith(`${retryCount - 1} `));
    const [first] = others;
    if (first === undefined || others.some(([, { refusals }]) => refusals.length > 0)) {
      return undefined;
    }
    return takeFrom(family, ...first);
  }

  #find({ content }: RequestName, nowMs: number): Family | undefined {
    const found = this.#families.get(content) ?? this.#older.get(content);
    return found !== undefined && nowMs - found.atMs <= REMEMBERED_MS ? found : undefined;
  }

  /** Whole families are forgotten, so that none keeps leave to send without its refusals. */
  #forget(nowMs: number): void {
    if (this.#added < LEAST_REMEMBERED && nowMs - this.#sinceMs <= REMEMBERED_MS) return;
    this.#older = this.#families;
    this.#families = new Map();
    this.#added = 0;
    this.#sinceMs = nowMs;
  }
}

function takeFrom(family: Family, id: string, bucket: Bucket): Verdict {
  const refuse = bucket.refusals.pop();
  if (refuse === undefined) bucket.sends--;
  if (bucket.refusals.length + bucket.sends === 0) family.buckets.delete(id);
  return refuse ?? 'send';
}

function idOf({ whole }: RequestName, retryCount: number): string {
  return `${retryCount} ${whole}`;
}
