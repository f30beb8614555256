import type { RequestRecord } from '@forbear/testing/node';
import type { WorkerEnd } from './fleet-run.js';

interface CourseParts {
  readonly requests: readonly RequestRecord[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly reports: readonly (WorkerEnd | undefined)[];
  readonly events: readonly (readonly string[])[];
}

/** How requests came to the provider while a fleet was measured. */
export class Course {
  readonly requests: readonly RequestRecord[];
  readonly reports: readonly (WorkerEnd | undefined)[];
  /** What each worker told of Redis. */
  readonly events: readonly (readonly string[])[];
  readonly #all: readonly RequestRecord[];

  constructor({ requests, fromMs, toMs, reports, events }: CourseParts) {
    this.#all = requests;
    this.requests = requests.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    this.reports = reports;
    this.events = events;
  }

  /** Requests a second. */
  get rate(): number {
    const { times } = this;
    const first = times[0] ?? 0;
    return (times.length - 1) / (((times.at(-1) ?? 0) - first) / 1000);
  }

  get times(): readonly number[] {
    return this.requests.map(({ atMs }) => atMs).sort((one, other) => one - other);
  }

  /** The longest time without a request, in milliseconds. */
  get longestGapMs(): number {
    const { times } = this;
    return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)));
  }

  /** The most requests in any window of so many milliseconds. */
  mostIn(ms: number): number {
    const { times } = this;
    return Math.max(
      ...times.map((from) => times.filter((atMs) => atMs >= from && atMs < from + ms).length),
    );
  }

  /** The most tokens in any window of so many milliseconds, by what each request took. */
  mostTokensIn(ms: number, tokensOf: (request: RequestRecord) => number): number {
    const taken = this.requests.map((request) => ({
      atMs: request.atMs,
      tokens: tokensOf(request),
    }));
    const sums = taken.map(({ atMs: from }) =>
      taken
        .filter(({ atMs }) => atMs >= from && atMs < from + ms)
        .reduce((sum, { tokens }) => sum + tokens, 0),
    );
    return Math.max(...sums);
  }

  /** How many requests each worker made. */
  get split(): readonly number[] {
    const counts = this.events.map(() => 0);
    for (const { callId } of this.requests) {
      const worker = Number.parseInt(callId, 10);
      counts[worker] = (counts[worker] ?? 0) + 1;
    }
    return counts;
  }

  /** By how much a worker's share differs from the average, at most: 0.1 is 10 %. */
  get unevenness(): number {
    const average = this.requests.length / this.split.length;
    return Math.max(...this.split.map((count) => Math.abs(count - average) / average));
  }

  /** Calls that did not settle, or not well, over the whole time. */
  get lost(): number {
    const bad = this.reports.map((end) => (end === undefined ? Number.NaN : end.made - end.ok));
    return bad.reduce((sum, each) => sum + each, 0);
  }

  /** Answers of 429 in the whole time. */
  get refused(): number {
    return this.#all.filter(({ status }) => status === 429).length;
  }
}
