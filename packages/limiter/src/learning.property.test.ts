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

/** A server that counts tokens in windows. An answer after the end of its own tells of the one that is. */
function windowServer(limit: number): Server {
  let window = 0;
  let used = 0;
  return (amount, nowMs) => {
    const current = Math.floor(nowMs / WINDOW_MS);
    if (current !== window) used = 0;
    window = current;
    const missing = Math.max(0, used + amount - limit);
    if (missing === 0) used += amount;
    const counted = { window, remaining: limit - used };
    return {
      missing,
      headersAt(atMs) {
        const now = Math.floor(atMs / WINDOW_MS);
        const isOver = now !== counted.window;
        const later = limit - (now === window ? used : 0);
        const resetMs = (now + 1) * WINDOW_MS - atMs;
        return told(limit, isOver ? later : counted.remaining, `${resetMs}ms`, 'tokens');
      },
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

/** In which windows calls were refused although an answer had told of the limit before they were sent. */
const refusedIn = ({ started }: Awaited<ReturnType<typeof play>>) =>
  started
    .filter(({ missing, wasTold }) => missing > 0 && wasTold)
    .map(({ atMs }) => Math.floor(atMs / WINDOW_MS));

const limits = fc.integer({ min: LEAST_LIMIT, max: 60 });

// How long a window is nobody tells, so its end is a guess where no answer has told of it; and what is left
// of a bucket is told in whole tokens, so how fast it refills is known the worse the less is used of it.
test.each([
  ['window', windowServer, 1],
  ['full', bucketServer, 2],
] as const)(
  'once a server has told of its limit, of shape %s, answers that overtake each other cost hardly a refusal',
  async (shape, serverOf, most) => {
    await fc.assert(
      fc.asyncProperty(calls, limits, async (given, limit) => {
        const played = await play(given, serverOf(limit), shape);
        expect(played.settled).toBe(given.length);
        const windows = refusedIn(played);
        for (const each of windows) {
          expect(windows.filter((other) => other === each).length).toBeLessThanOrEqual(most);
        }
        if (given.length > 0) expect(played.key).toMatchObject({ waiting: 0, inFlight: 0 });
      }),
      { numRuns: 150 },
    );
  },
);
