import { definePolicy, type Policy, type PolicyOptions } from '@forbear/core';
import { createOpenAIFetch } from '@forbear/openai';
import { flexai } from '@forbear/providers';
import {
  countInFlight,
  type FakeProvider,
  type FakeProviderOptions,
  type Fault,
  fakeProvider,
} from '@forbear/testing/node';
import { onTestFinished, vi } from 'vitest';

/** A fake provider on a real socket, and what SDKs need to call it, on one driven clock. */
export interface SdkRig {
  readonly provider: FakeProvider;
  readonly policy: Policy;
  /** The fetch of ours. */
  readonly fetch: ReturnType<typeof createOpenAIFetch>;
  /** The bare fetch that it calls. */
  readonly bare: typeof globalThis.fetch;
}

/** What came of a call of an SDK. */
export interface Ended {
  readonly value?: unknown;
  readonly error?: Error & { readonly status?: number; readonly cause?: unknown };
  readonly requests: number;
  readonly bills: number;
  /** Milliseconds of the clock. */
  readonly elapsedMs: number;
}

export const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];
export const BODY = { model: 'test-model', messages: MESSAGES };

/** Faults that SDKs retry, with the work done and billed before each. */
export const BILLED: Readonly<Record<string, Fault>> = {
  'a 500': { kind: 'status', status: 500 },
  'a 502': { kind: 'status', status: 502 },
  'a reset after the work': { kind: 'close', when: 'after', reset: true },
  'a close in the work': { kind: 'close', when: 'during' },
  'headers that do not come': { kind: 'stall', what: 'headers' },
};

/** Turns of the event loop without anything in flight before time may pass. */
const QUIET_TURNS = 20;

interface RigOptions extends PolicyOptions {
  readonly server?: FakeProviderOptions;
}

/** All timers of the process are fake: those of SDKs, of ours and of the provider. */
export async function setUpSdk({ server, ...options }: RigOptions = {}): Promise<SdkRig> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  const provider = await fakeProvider(server);
  const counted = countInFlight(globalThis.fetch);
  const policy = definePolicy({ provider: flexai, ...options });
  const stop = drive(() => {
    const inFlight = Math.max(counted.inFlight(), provider.inFlight);
    return inFlight > provider.waiting;
  });
  const own = createOpenAIFetch({ policy, fetch: counted.fetch });
  onTestFinished(async () => {
    stop();
    await provider.close();
    vi.useRealTimers();
  });
  return { provider, policy, fetch: own, bare: counted.fetch };
}

/** Lets time pass whenever nothing else happens. */
function drive(isBusy: () => boolean): () => void {
  let quiet = 0;
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    quiet = isBusy() ? 0 : quiet + 1;
    if (quiet < QUIET_TURNS || vi.getTimerCount() === 0) {
      setImmediate(turn);
      return;
    }
    quiet = 0;
    void vi.advanceTimersToNextTimerAsync().then(() => setImmediate(turn));
  };
  setImmediate(turn);
  return () => {
    stopped = true;
  };
}

/** Makes a call and tells what came of it. */
export async function settle(
  { provider }: SdkRig,
  call: () => PromiseLike<unknown>,
): Promise<Ended> {
  const before = { requests: provider.requests.length, bills: provider.ledger.entries.length };
  const startMs = Date.now();
  const ended = await Promise.resolve(call()).then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  return {
    ...ended,
    requests: provider.requests.length - before.requests,
    bills: provider.ledger.entries.length - before.bills,
    elapsedMs: Date.now() - startMs,
  };
}

/** The same fault for as many requests as anybody makes. */
export function failAlways({ provider }: SdkRig, fault: Fault): void {
  provider.fail(fault, { times: 100 });
}
