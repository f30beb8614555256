import { definePolicy, type Limiter, type ProviderProfile, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { FakeClock } from '@forbear/testing';
import {
  countInFlight,
  driveClock,
  type FakeProvider,
  type FakeProviderOptions,
  fakeProvider,
} from '@forbear/testing/node';

/** A crowd of calls at a server with limits, all started at once. */
export interface Race {
  readonly profile: ProviderProfile;
  readonly limiter: Limiter;
  readonly server: FakeProviderOptions;
  /** The body of each call. */
  readonly bodies: readonly string[];
  /** Does something to the server meanwhile. */
  readonly meanwhile?: (provider: FakeProvider, clock: FakeClock) => void;
}

/** What came of it. */
export interface RaceResult {
  readonly answered: number;
  /** Answers with the status 429. */
  readonly refused: number;
  /** Requests that were sent while their key was told to wait. */
  readonly early: number;
  /** Requests that the server saw before its first answer. */
  readonly firstWave: number;
  /** Seconds of the clock from the start to the last answer. */
  readonly seconds: number;
  /** When each answered request arrived, in milliseconds from the start. */
  readonly arrivedMs: readonly number[];
  readonly traces: readonly Trace[];
}

export const bodyOf = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'test', messages: [{ role: 'user', content }], ...more });

/** Runs a race on real sockets and a driven clock, so that minutes take moments. */
export async function race({
  profile,
  limiter,
  server,
  bodies,
  meanwhile,
}: Race): Promise<RaceResult> {
  const clock = new FakeClock();
  await using provider = await fakeProvider({ clock, ...server });
  const counted = countInFlight(globalThis.fetch);
  const stop = driveClock(clock, {
    inFlight: () => Math.max(counted.inFlight(), provider.inFlight),
    waiting: () => provider.waiting,
  });
  try {
    const policy = definePolicy({ provider: profile, limiter, clock });
    const fetch = createFetch({ policy, fetch: counted.fetch });
    const traces: Trace[] = [];
    const startMs = clock.now();
    meanwhile?.(provider, clock);
    const answers = await Promise.all(
      bodies.map(async (body, index) => {
        const response = await fetch(`${provider.baseURL}/chat/completions`, {
          method: 'POST',
          headers: { authorization: 'Bearer sk-test', 'x-call-id': `call-${index}` },
          body,
          forbear: { onSettled: (trace) => traces.push(trace) },
        }).catch(() => undefined);
        await response?.arrayBuffer();
        return { ok: response?.ok === true, atMs: clock.now() };
      }),
    );
    const { requests } = provider;
    const answeredAtMs = Math.max(startMs, ...answers.map(({ atMs }) => atMs));
    return {
      answered: answers.filter(({ ok }) => ok).length,
      refused: requests.filter(({ status }) => status === 429).length,
      early: requests.filter(({ early }) => early).length,
      firstWave: requests.filter(({ atMs }) => atMs === startMs).length,
      seconds: (answeredAtMs - startMs) / 1000,
      arrivedMs: requests.filter(({ status }) => status === 200).map(({ atMs }) => atMs - startMs),
      traces,
    };
  } finally {
    stop();
  }
}
