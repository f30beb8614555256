import type { Facts } from './facts.js';
import { readRequestId } from './http/request-id.js';
import type { AttemptTrace, HoldTrace } from './trace.js';

/** RFC 9110, section 9.2.1: these ask for nothing that anybody would bill. */
const SAFE_METHOD = /^(GET|HEAD|OPTIONS|TRACE)$/i;

const NONE: readonly never[] = [];

/** What an attempt was, apart from what its facts tell. */
export type AttemptPart = Pick<AttemptTrace, 'number' | 'durationMs' | 'failure' | 'told'>;

/** The failed attempts of one call, and what there is to say of them. */
export class AttemptLog {
  #entries: readonly AttemptTrace[] = NONE;
  #holds: readonly HoldTrace[] = NONE;
  #notes: readonly string[] = NONE;
  #isProtected = false;

  /** The failed attempts so far. */
  get entries(): readonly AttemptTrace[] {
    return this.#entries;
  }

  get holds(): readonly HoldTrace[] {
    return this.#holds;
  }

  /** Each once. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** @param isProtected whether an idempotency key that is honoured keeps it from being done twice */
  add(entry: AttemptTrace, isProtected: boolean): void {
    this.#entries = [...this.#entries, entry];
    this.#isProtected ||= isProtected;
  }

  /** The wait after the last of them. */
  setWait(waitMs: number): void {
    const last = this.#entries.at(-1);
    if (last !== undefined) this.#entries = [...this.#entries.slice(0, -1), { ...last, waitMs }];
  }

  addHold(hold: HoldTrace): void {
    this.#holds = [...this.#holds, hold];
  }

  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes = [...this.#notes, text];
  }

  /** The most that the call can have been billed for. */
  possibleBills(method: string | undefined, succeeded: boolean): number {
    const failed = this.#entries.filter((entry) => mayBeBilled(method, entry)).length;
    const all = failed + (succeeded && !isSafe(method) ? 1 : 0);
    return this.#isProtected ? Math.min(1, all) : all;
  }
}

/** The entry of an attempt. */
export function describeAttempt(
  { number, durationMs, ...part }: AttemptPart,
  { headers, status }: Facts,
): AttemptTrace {
  const requestId = readRequestId(headers);
  return {
    number,
    ...(status !== undefined && { status }),
    durationMs,
    ...part,
    ...(requestId !== undefined && { requestId }),
  };
}

/** Whether anybody may have billed a failed attempt of a request with this method. */
export function mayBeBilled(method: string | undefined, { failure }: AttemptTrace): boolean {
  return !isSafe(method) && failure !== undefined && failure.effect !== 'none';
}

function isSafe(method: string | undefined): boolean {
  return method !== undefined && SAFE_METHOD.test(method);
}
