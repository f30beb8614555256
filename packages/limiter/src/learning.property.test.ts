import { definePolicy, execute, genericProfile } from '@forbear/core';
import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLimiter } from './create-limiter.js';
import { told } from './rig.test.support.js';

const WINDOW_MS = 5000;
const LEAST_LIMIT = 5;

interface Call {
  readonly atMs: number;
  /** How long its answer takes, so that answers overtake each other. */
  readonly answerMs: number;
  /** Moves the wall clock when it comes. */
  readonly jumpMs: number;
  readonly tokens: number;
}

const calls = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 12_000 }),
    answerMs: fc.integer({ min: 0, max: 3000 }),
    jumpMs: fc.constantFrom(0, 0, -3_600_000, 86_400_000),
    tokens: fc.integer({ min: 1, max: LEAST_LIMIT }),
  }),
  { maxLength: 50 },
);

/** What a server says to a request; what it tells of its reset depends on when it answers. */
interface Said {
  /** Tokens that it lacked; 0: it was taken. */
  readonly missing: number;
  readonly headersAt: (answeredMs: number) => Readonly<Record<string, string>>;
}

type Server = (amount: number, nowMs: number) => Said;

/** A server that counts tokens in windows. */
function windowServer(limit: number): Server {
  let window = 0;
  let used = 0;
  return (amount, nowMs) => {
    const current = Math.floor(nowMs / WINDOW_MS);
    if (current !== window) used = 0;
    window = current;
    const missing = Math.max(0, used + amount - limit);
    if (missing === 0) used += amount;
    const remaining = limit - used;
    const resetAtMs = (window + 1) * WINDOW_MS;
    return {
      missing,
      headersAt: (atMs) => told(limit, remaining, `${Math.max(0, resetAtMs - atMs)}ms`, 'tokens'),
    };
  };
}

/** A server whose bucket refills evenly, and that tells in whole tokens what is left, and when it is full. */
function bucketServer(limit: number): Server {
  let left = limit;
  let atMs = 0;
  return (amount, nowMs) => {
    left = Math.min(limit, left + ((nowMs - atMs) * limit) / WINDOW_MS);
    atMs = nowMs;
    const missing = Math.max(0, amount - left);
    if (missing === 0) left -= amount;
    const remaining = Math.floor(left);
    const resetMs = Math.ceil(((limit - left) * WINDOW_MS) / limit);
    return { missing, headersAt: () => told(limit, remaining, `${resetMs}ms`, 'tokens') };
  };
}

async function play(given: readonly Call[], server: Server, shape: 'window' | 'full') {
  const clock = new FakeClock();
  const limiter = createLimiter({ maxConcurrent: 1000 });
  const headers = 'x-ratelimit-*-tokens';
  const limits = [{ name: 'tokens', unit: 'tokens', shape, headers }] as const;
  const provider = { ...genericProfile, limits };
  const policy = definePolicy({ clock, limiter, provider, maxRetries: 0 });
  /** When a call started, and whether anybody had told of the limit by then. */
  const started: {
    readonly atMs: number;
    readonly missing: number;
    readonly wasTold: boolean;
  }[] = [];
  let settled = 0;
  let wasTold = false;
  const work = given.map(
    ({ atMs, answerMs, jumpMs, tokens }) =>
      new Promise<void>((resolve) => {
        const operation = async () => {
          const { missing, headersAt } = server(tokens, clock.monotonic());
          started.push({ atMs: clock.monotonic(), missing, wasTold });
          const isRefused = missing > 0;
          const tookMs = isRefused ? 0 : answerMs;
          if (tookMs > 0) await new Promise<void>((answer) => clock.setTimer(answer, tookMs));
          return { status: isRefused ? 429 : 200, headers: headersAt(clock.monotonic()) };
        };
        const start = () => {
          clock.jump(jumpMs);
          const count = () => {
            settled++;
            wasTold = true;
            resolve();
          };
          execute(operation, policy, { tokens }).then(count, count);
        };
        if (atMs === 0) start();
        else clock.setTimer(start, atMs);
      }),
  );
  await clock.run(Promise.all(work));
  return { started, settled, key: limiter.snapshot()[0] };
}

/** Those that were refused although an answer had told of the limit before they were sent. */
const refusedOf = ({ started }: Awaited<ReturnType<typeof play>>) =>
  started.filter(({ missing, wasTold }) => missing > 0 && wasTold);

const limits = fc.integer({ min: LEAST_LIMIT, max: 60 });

test('once a server has told of its window, answers that overtake each other cost at most one refusal a window', async () => {
  await fc.assert(
    fc.asyncProperty(calls, limits, async (given, limit) => {
      const played = await play(given, windowServer(limit), 'window');
      expect(played.settled).toBe(given.length);
      // How long a window is nobody tells, so the end of one that no answer has told of is a guess.
      const windows = refusedOf(played).map(({ atMs }) => Math.floor(atMs / WINDOW_MS));
      expect(new Set(windows).size).toBe(windows.length);
      if (given.length > 0) expect(played.key).toMatchObject({ waiting: 0, inFlight: 0 });
    }),
    { numRuns: 150 },
  );
});

test('once a server has told of its bucket, answers that overtake each other cost less than a token', async () => {
  await fc.assert(
    fc.asyncProperty(calls, limits, async (given, limit) => {
      const played = await play(given, bucketServer(limit), 'full');
      expect(played.settled).toBe(given.length);
      // What is left is told in whole tokens, so a part of one may be missing.
      expect(refusedOf(played).filter(({ missing }) => missing >= 1)).toEqual([]);
      if (given.length > 0) expect(played.key).toMatchObject({ waiting: 0, inFlight: 0 });
    }),
    { numRuns: 150 },
  );
});
