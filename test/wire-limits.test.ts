import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { connecting, type Fetch, post, SENT_ONCE, start, through, waitFor } from './wire-rig.js';

describe('a limit that runs out while the connection is made', () => {
  async function timeOut(wrap: (bare: Fetch) => Fetch, maxRetries: number) {
    const provider = await start();
    const clock = new FakeClock();
    const { dispatcher, held, release } = connecting();
    const calling = post(
      { fetch: wrap(through(dispatcher)), clock, maxRetries, attemptTimeoutMs: 100 },
      `${provider.baseURL}/chat/completions`,
    );
    await waitFor(() => held() === 1);
    await clock.advance(100);
    return { provider, clock, calling, release };
  }

  test.each<[string, (bare: Fetch) => Fetch]>([
    ['', (bare) => bare],
    [
      ', also through a wrapped fetch',
      (bare) => async (input, init) => {
        await undefined;
        try {
          return await bare(input, init);
        } finally {
          await undefined;
        }
      },
    ],
  ])('is a proof that nothing was sent, so the POST is repeated%s', async (_, wrap) => {
    const { provider, calling, clock, release } = await timeOut(wrap, 1);
    await clock.advance(0);
    release();
    const trace = await calling;
    expect(trace.attempts[0]?.failure).toMatchObject({ kind: 'timeout', evidence: 'not-sent' });
    expect(trace).toMatchObject({ outcome: 'success', possibleBills: 1 });
    expect(provider.ledger.total()).toBe(1);
    expect(provider.requests).toHaveLength(1);
  });

  test('proves nothing where a wrapped fetch loses the signal', async () => {
    const losing = (bare: Fetch): Fetch => {
      return (input, init) => bare(input, { ...init, signal: null });
    };
    const { provider, calling, release } = await timeOut(losing, 1);
    const trace = await calling;
    release();
    await waitFor(() => provider.ledger.total() > 0);
    expect(trace).toMatchObject(SENT_ONCE);
    expect(trace.attempts[0]?.failure).toMatchObject({ kind: 'timeout', evidence: 'unproven' });
  });
});
