import type { Clock } from '@forbear/core';
import type { RequestName } from './request-name.js';

/** Ends a repetition as the call that it repeats ended. */
export type Refuse = () => Promise<Response>;

/** What becomes of a repetition: it is sent, or it is refused. */
export type Verdict = 'send' | Refuse;

/** How long a verdict is remembered: an SDK comes again within 8 seconds, and a busy process is slow. */
const REMEMBERED_MS = 60_000;

const MOST_REMEMBERED = 10_000;

/** The verdicts on calls that are the same in everything, and made the same number of times. */
interface Bucket {
  readonly refusals: Refuse[];
  sends: number;
}

/** The verdicts on calls with the same method, URL and body, by their retry count and whole name. */
interface Family {
  readonly buckets: Map<string, Bucket>;
  size: number;
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
  /** The family that was added to last is the last. */
  readonly #families = new Map<string, Family>();
  readonly #clock: Clock;
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many verdicts are remembered. */
  get size(): number {
    return this.#size;
  }

  /** A call with this retry count ended so. */
  add(name: RequestName, retryCount: number, verdict: Verdict): void {
    const atMs = this.#clock.monotonic();
    const family = this.#families.get(name.content) ?? { buckets: new Map(), size: 0, atMs };
    const id = idOf(name, retryCount);
    const bucket = family.buckets.get(id) ?? { refusals: [], sends: 0 };
    if (verdict === 'send') bucket.sends++;
    else bucket.refusals.push(verdict);
    family.buckets.set(id, bucket);
    family.size++;
    family.atMs = atMs;
    this.#size++;
    this.#families.delete(name.content);
    this.#families.set(name.content, family);
    this.#forget(atMs);
  }

  /** The verdict on the call that one with this retry count repeats; `undefined`: nobody knows. */
  take(name: RequestName, retryCount: number): Verdict | undefined {
    const atMs = this.#clock.monotonic();
    this.#forget(atMs);
    const family = this.#families.get(name.content);
    if (family === undefined) return undefined;
    const id = idOf(name, retryCount - 1);
    const own = family.buckets.get(id);
    if (own !== undefined) return this.#takeFrom(name, family, id, own);
    // It came with other headers, with a new token say. It is sent if all that it may repeat is.
    const others = [...family.buckets].filter(([each]) => each.startsWith(`${retryCount - 1} `));
    const [first] = others;
    if (first === undefined || others.some(([, { refusals }]) => refusals.length > 0)) {
      return undefined;
    }
    return this.#takeFrom(name, family, ...first);
  }

  #takeFrom(name: RequestName, family: Family, id: string, bucket: Bucket): Verdict {
    const refuse = bucket.refusals.pop();
    if (refuse === undefined) bucket.sends--;
    if (bucket.refusals.length + bucket.sends === 0) family.buckets.delete(id);
    family.size--;
    this.#size--;
    if (family.size === 0) this.#families.delete(name.content);
    return refuse ?? 'send';
  }

  /** Whole families are forgotten, so that none keeps leave to send without its refusals. */
  #forget(nowMs: number): void {
    for (const [content, { size, atMs }] of this.#families) {
      if (this.#size <= MOST_REMEMBERED && nowMs - atMs <= REMEMBERED_MS) return;
      this.#families.delete(content);
      this.#size -= size;
    }
  }
}

function idOf({ whole }: RequestName, retryCount: number): string {
  return `${retryCount} ${whole}`;
}
