import { type Attempt, definePolicy, execute, genericProfile } from '@forbear/core';
import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLimiter } from './create-limiter.js';
import type { LimiterOptions } from './limiter-options.js';

interface Call {
  readonly atMs: number;
  readonly priority: 'interactive' | 'normal' | 'batch' | number;
  readonly tenant: string;
  readonly tokens: number;
  /** How long its answer takes. */
  readonly answerMs: number;
  readonly abortAfterMs?: number;
  readonly deadlineMs?: number;
  /** Moves the wall clock when it comes. */
  readonly jumpMs?: number;
}

const calls = fc.array(
  fc.record(
    {
      atMs: fc.integer({ min: 0, max: 4000 }),
      priority: fc.constantFrom('interactive', 'normal', 'batch', 0, 7, 100),
      tenant: fc.constantFrom('', 'a', 'b'),
      tokens: fc.integer({ min: 0, max: 40 }),
      answerMs: fc.integer({ min: 0, max: 2500 }),
      abortAfterMs: fc.integer({ min: 0, max: 3000 }),
      deadlineMs: fc.integer({ min: 1, max: 5000 }),
      jumpMs: fc.integer({ min: -1e8, max: 1e8 }),
    },
    { requiredKeys: ['atMs', 'priority', 'tenant', 'tokens', 'answerMs'] },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Call[]>;

const REQUESTS = 5;
const TOKENS = 60;
const PER_MS = 1000;

const limits = (shape: 'fixed' | 'sliding' | 'bucket' | 'even') =>
  ({
    limits: [
      { unit: 'requests', amount: REQUESTS, perMs: PER_MS, shape },
      { unit: 'tokens', amount: TOKENS, perMs: PER_MS, shape: 'sliding' },
    ],
    maxConcurrent: 4,
  }) as const satisfies LimiterOptions;

interface Started {
  readonly atMs: number;
  readonly call: Call;
}

/** Makes all calls on one clock, and gives what was started and how each ended. */
async function play(given: readonly Call[], options: LimiterOptions) {
  const clock = new FakeClock();
  const limiter = createLimiter(options);
  const policy = definePolicy({ clock, limiter, provider: genericProfile, random: () => 0.5 });
  const started: Started[] = [];
  const ends = given.map(() => 0);
  let underWay = 0;
  let most = 0;
  const work = given.map(
    (call, index) =>
      new Promise<void>((resolve) => {
        const start = () => {
          clock.jump(call.jumpMs ?? 0);
          const controller = new AbortController();
          if (call.abortAfterMs !== undefined) {
            clock.setTimer(() => controller.abort(), call.abortAfterMs);
          }
          const operation = ({ signal }: Attempt) => {
            started.push({ atMs: clock.monotonic(), call });
            underWay++;
            most = Math.max(most, underWay);
            return new Promise((answer, fail) => {
              let isOver = false;
              const end = (settle: () => void) => {
                if (isOver) return;
                isOver = true;
                stop();
                underWay--;
                settle();
              };
              const stop = clock.setTimer(() => end(() => answer({ status: 200 })), call.answerMs);
              signal?.addEventListener('abort', () => end(() => fail(signal.reason)));
            });
          };
          const { priority, tenant, tokens, deadlineMs } = call;
          const options = { priority, tenant, tokens, deadlineMs, signal: controller.signal };
          const count = () => {
            ends[index] = (ends[index] ?? 0) + 1;
            resolve();
          };
          execute(operation, policy, options).then(count, count);
        };
        if (call.atMs === 0) start();
        else clock.setTimer(start, call.atMs);
      }),
  );
  await clock.run(Promise.all(work));
  await clock.advance(10_000);
  return { started, ends, most, limiter, clock };
}

/** What was started in each window that begins with a start. */
function fullest(started: readonly Started[], amountOf: (call: Call) => number): number {
  return Math.max(
    0,
    ...started.map(({ atMs: fromMs }) =>
      started
        .filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + PER_MS)
        .reduce((sum, { call }) => sum + amountOf(call), 0),
    ),
  );
}

test.each(['fixed', 'sliding', 'bucket', 'even'] as const)(
  'calls of every kind at a limit of shape %s: never above it, each ends once, all goes back',
  async (shape) => {
    await fc.assert(
      fc.asyncProperty(calls, async (given) => {
        const { started, ends, most, limiter, clock } = await play(given, limits(shape));
        expect(ends).toEqual(given.map(() => 1));
        expect(most).toBeLessThanOrEqual(4);
        const allowed = shape === 'bucket' ? 2 * REQUESTS : REQUESTS;
        expect(fullest(started, () => 1)).toBeLessThanOrEqual(allowed);
        expect(fullest(started, ({ tokens }) => tokens)).toBeLessThanOrEqual(TOKENS);
        const [key] = limiter.snapshot();
        if (given.length > 0) expect(key).toMatchObject({ waiting: 0, inFlight: 0 });
        for (const { limit, remaining } of key?.limits ?? []) {
          expect(remaining).toBe(shape === 'even' && limit === REQUESTS ? 1 : limit);
        }
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 25 },
    );
  },
);

test('calls of one priority and tenant start in the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (given) => {
      const alike = given.map((call) => ({ ...call, priority: 50, tenant: '' }));
      const patient = alike.map(({ abortAfterMs: _, deadlineMs: __, ...call }) => call);
      const { started } = await play(patient, limits('sliding'));
      expect(started).toHaveLength(patient.length);
      // Those that come at the same time come in their order too.
      const came = [...patient].sort((one, other) => one.atMs - other.atMs);
      expect(started.map(({ call }) => call)).toEqual(came);
    }),
    { numRuns: 25 },
  );
});
