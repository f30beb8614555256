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

  /** It rejects by itself as an abort would, and leaves its request alone. */
  const racing = (bare: Fetch): Fetch => {
    return (input, init) => {
      const aborted = new Promise<never>((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
      return Promise.race([bare(input, { ...init, signal: null }), aborted]);
    };
  };
  const losing = (bare: Fetch): Fetch => {
    return (input, init) => bare(input, { ...init, signal: null });
  };

  test.each<[string, (bare: Fetch) => Fetch]>([
    ['the fetch itself', (bare) => bare],
    ['a wrapped fetch that loses the signal', losing],
    ['a wrapped fetch that rejects on the signal, and lets its request go on', racing],
  ])('proves nothing of %s, so the POST is not repeated', async (_, wrap) => {
    const { provider, calling, release } = await timeOut(wrap, 1);
    const trace = await calling;
    release();
    if (wrap === losing || wrap === racing) await waitFor(() => provider.ledger.total() > 0);
    expect(trace).toMatchObject(SENT_ONCE);
    expect(trace.attempts).toHaveLength(1);
    expect(trace.attempts[0]?.failure).toMatchObject({ kind: 'timeout', evidence: 'unproven' });
    expect(provider.ledger.total()).toBeLessThanOrEqual(1);
  });
});
