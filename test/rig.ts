import { definePolicy, type Policy, type PolicyOptions, type Trace } from '@forbear/core';
import { createFetch, type FetchCallOptions, type ForbearFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import {
  countInFlight,
  driveClock,
  type FakeProvider,
  type FakeProviderOptions,
  fakeProvider,
} from '@forbear/testing/node';
import { onTestFinished } from 'vitest';

/** A fake provider on a real socket, and a fetch of ours that calls it, on one driven clock. */
export interface Rig {
  readonly provider: FakeProvider;
  readonly clock: FakeClock;
  readonly policy: Policy;
  readonly fetch: ForbearFetch;
  /** Makes a call and gives what came of it. */
  call(method?: string, options?: CallOptions): Promise<Called>;
}

interface CallOptions extends FetchCallOptions {
  readonly init?: RequestInit;
  readonly path?: string;
}

/** What came of a call. */
export interface Called {
  readonly response?: Response;
  readonly error?: unknown;
  readonly trace: Trace;
  /** How many requests the provider saw of it. */
  readonly requests: number;
  /** How often it was billed. */
  readonly bills: number;
  /** Milliseconds of the clock between its requests. */
  readonly gapsMs: readonly number[];
}

interface RigOptions extends PolicyOptions {
  readonly server?: FakeProviderOptions;
  readonly bare?: typeof globalThis.fetch;
}

let calls = 0;

export const CHAT = JSON.stringify({
  model: 'test-model',
  messages: [{ role: 'user', content: 'Hello' }],
});

export async function setUp(options: RigOptions = {}): Promise<Rig> {
  const { server, bare = globalThis.fetch, ...policyOptions } = options;
  const clock = new FakeClock();
  const provider = await fakeProvider({ clock, ...server });
  const counted = countInFlight(bare);
  const policy = definePolicy({ clock, provider: flexai, ...policyOptions });
  const fetch = createFetch({ policy, fetch: counted.fetch });
  const stop = driveClock(clock, {
    inFlight: () => Math.max(counted.inFlight(), provider.inFlight),
    waiting: () => provider.waiting,
  });
  onTestFinished(async () => {
    stop();
    await provider.close();
  });

  async function call(method = 'POST', { init, path, ...forbear }: CallOptions = {}) {
    const id = `call-${++calls}`;
    let trace: Trace | undefined;
    const isPost = method === 'POST';
    const given = {
      method,
      ...(isPost && { body: CHAT }),
      ...init,
      headers: { authorization: 'Bearer sk-test', 'x-call-id': id, ...init?.headers },
      forbear: {
        ...forbear,
        onSettled: (settled: Trace) => {
          if (trace !== undefined) throw new Error('a call settled twice');
          trace = settled;
        },
      },
    };
    const url = provider.baseURL + (path ?? (isPost ? '/chat/completions' : '/models'));
    const settled = await fetch(url, given).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    );
    const at = provider.requests.filter(({ callId }) => callId === id).map(({ atMs }) => atMs);
    return {
      ...settled,
      trace: trace as unknown as Trace,
      requests: provider.requestCount(id),
      bills: provider.ledger.bills(id),
      gapsMs: at.slice(1).map((each, index) => each - (at[index] as number)),
    };
  }

  return { provider, clock, policy, fetch, call };
}
