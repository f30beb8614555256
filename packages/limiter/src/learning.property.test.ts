import { definePolicy, execute, genericProfile } from '@forbear/core';
import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLimiter } from './create-limiter.js';
import { told } from './rig.test.support.js';

const WINDOW_MS = 5000;

interface Call {
  readonly atMs: number;
  /** How long its answer takes, so that answers overtake each other. */
  readonly answerMs: number;
  /** Moves the wall clock when it comes. */
  readonly jumpMs: number;
}

const calls = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 12_000 }),
    answerMs: fc.integer({ min: 0, max: 3000 }),
    jumpMs: fc.constantFrom(0, 0, -3_600_000, 86_400_000),
  }),
  { maxLength: 50 },
);

/** A server that counts in windows, and tells in seconds with fractions when the next one begins. */
class Server {
  readonly #limit: number;
  #window = 0;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a request; what is said of it depends on when it is answered. */
  count(nowMs: number) {
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.#window) this.#used = 0;
    this.#window = window;
    const isRefused = this.#used >= this.#limit;
    if (!isRefused) this.#used++;
    const remaining = this.#limit - this.#used;
    const resetAtMs = (window + 1) * WINDOW_MS;
    const headersAt = (answeredMs: number) =>
      told(this.#limit, remaining, `${Math.max(0, resetAtMs - answeredMs)}ms`);
    return { isRefused, headersAt };
  }
}

async function play(given: readonly Call[], limit: number) {
  const clock = new FakeClock();
  const server = new Server(limit);
  const limiter = createLimiter({ maxConcurrent: 1000 });
  const policy = definePolicy({ clock, limiter, provider: genericProfile, maxRetries: 0 });
  /** When a call started, and whether anybody had told of the limit by then. */
  const started: {
    readonly atMs: number;
    readonly isRefused: boolean;
    readonly wasTold: boolean;
  }[] = [];
  let settled = 0;
  let wasTold = false;
  const work = given.map(
    ({ atMs, answerMs, jumpMs }) =>
      new Promise<void>((resolve) => {
        const operation = async () => {
          const { isRefused, headersAt } = server.count(clock.monotonic());
          started.push({ atMs: clock.monotonic(), isRefused, wasTold });
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
          execute(operation, policy).then(count, count);
        };
        if (atMs === 0) start();
        else clock.setTimer(start, atMs);
      }),
  );
  await clock.run(Promise.all(work));
  return { started, settled, key: limiter.snapshot()[0] };
}

test('once a server has told of its window, answers that overtake each other cost at most one refusal a window', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 12 }), async (given, limit) => {
      const { started, settled, key } = await play(given, limit);
      expect(settled).toBe(given.length);
      // How long a window is nobody tells, so the end of one that no answer has told of is a guess.
      const guessed = started.filter(({ isRefused, wasTold }) => isRefused && wasTold);
      const windows = guessed.map(({ atMs }) => Math.floor(atMs / WINDOW_MS));
      expect(new Set(windows).size).toBe(windows.length);
      if (given.length > 0) expect(key).toMatchObject({ waiting: 0, inFlight: 0 });
    }),
    { numRuns: 200 },
  );
});
