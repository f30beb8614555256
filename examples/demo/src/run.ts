import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '@forbear/core';
import { type FakeProvider, fakeProvider } from '@forbear/testing/node';
import type { MakeClient, Settled } from './client.js';
import type { Scene } from './scene.js';
import { tapFetch } from './tap.js';

const WORK_MS = 100;
export const PRICE_CENTS = 2;

/** How long the server may need to finish what its clients have left. */
const SETTLE_MS = 1000;

/** What was measured of one client. */
export interface Report {
  readonly answered: number;
  readonly left: number;
  readonly failed: number;
  /** Calls that were billed more than once. */
  readonly billedTwice: number;
  /** What the second and later bills of all calls come to, in cents. */
  readonly repeatCents: number;
  /** What was billed for calls without an answer, first bills only, in cents. */
  readonly unansweredCents: number;
  readonly totalCents: number;
  readonly attempts: number;
  readonly limited: number;
  readonly impatient: number;
  readonly elapsedMs: number;
  /** The traces there are, in the order of the calls. */
  readonly traces: readonly Trace[];
}

export interface Run {
  readonly scene: Scene;
  readonly makeClient: MakeClient;
  readonly onSettled: (settled: number) => void;
}

/** Lets a client make the calls of a scene at a fresh provider, and reads the provider's bill. */
export async function measure({ scene, makeClient, onSettled }: Run): Promise<Report> {
  const { calls, atOnce, rateLimit, faults, attemptTimeoutMs, refusedMs } = scene;
  await using provider = await fakeProvider({
    priceCents: PRICE_CENTS,
    rateLimit,
    workMs: WORK_MS,
    ...(faults && { faults }),
  });
  const tap = tapFetch(globalThis.fetch);
  const client = makeClient({ baseURL: provider.baseURL, fetch: tap.fetch, attemptTimeoutMs });
  const names = Array.from({ length: calls }, (_, index) => `call-${index + 1}`);
  const settled = new Map<string, Settled>();
  const waiting = names[Symbol.iterator]();
  const work = async () => {
    for (const name of waiting) {
      settled.set(name, await client(name));
      onSettled(settled.size);
    }
  };
  const startedMs = performance.now();
  if (refusedMs > 0) await provider.refuse(refusedMs);
  await Promise.all(Array.from({ length: atOnce }, work));
  const elapsedMs = performance.now() - startedMs;
  await finish(provider);
  const ends = names.map((name) => settled.get(name));
  const count = (end: Settled['end']) => ends.filter((each) => each?.end === end).length;
  return {
    answered: count('answered'),
    left: count('left'),
    failed: count('failed'),
    ...readBill(provider, settled),
    attempts: tap.attempts(),
    limited: tap.limited(),
    impatient: tap.impatient(),
    elapsedMs,
    traces: ends.flatMap((each) => each?.trace ?? []),
  };
}

function readBill({ ledger }: FakeProvider, settled: ReadonlyMap<string, Settled>) {
  const billed = [...settled].filter(([name]) => ledger.bills(name) > 0);
  const unanswered = billed.filter(([, { end }]) => end !== 'answered').length;
  return {
    billedTwice: ledger.billedTwice().length,
    repeatCents: ledger.total() - billed.length * PRICE_CENTS,
    unansweredCents: unanswered * PRICE_CENTS,
    totalCents: ledger.total(),
  };
}

/** Waits until the provider has nothing under way: what is still being worked on will be billed. */
async function finish(provider: FakeProvider): Promise<void> {
  for (let waitedMs = 0; provider.inFlight > 0 && waitedMs < SETTLE_MS; waitedMs += 20) {
    await sleep(20);
  }
}
