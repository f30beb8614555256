import {
  type CallOptions,
  definePolicy,
  execute,
  genericProfile,
  type PolicyOptions,
  type Trace,
} from '@forbear/core';
import { FakeClock, recordEvents } from '@forbear/testing';
import { createLimiter } from './create-limiter.js';
import type { LimiterOptions } from './limiter-options.js';

/** An answer as `execute` reads it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage?: Readonly<Record<string, number>>;
}

/** A call that was made, and what became of it so far. */
export interface Made {
  /** When each attempt of it started, in milliseconds of the clock. */
  readonly startsMs: readonly number[];
  /** Answers the attempt under way. */
  readonly answer: (answer: Answer) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
  readonly abort: (reason?: unknown) => void;
  value: unknown;
  error: unknown;
  trace: Trace | undefined;
}

export const OK: Answer = { status: 200 };

export const TWO_A_SECOND = {
  limits: [{ unit: 'requests', amount: 2, perMs: 1000, shape: 'sliding' }],
} as const satisfies LimiterOptions;

/** Headers of one family of limits. */
export const told = (
  limit: number,
  remaining: number,
  reset: string | number | undefined,
  unit = 'requests',
) => ({
  [`x-ratelimit-limit-${unit}`]: String(limit),
  [`x-ratelimit-remaining-${unit}`]: String(remaining),
  ...(reset !== undefined && { [`x-ratelimit-reset-${unit}`]: String(reset) }),
});

/** A policy with a limiter on a fake clock, and calls that are answered by hand. */
export function setUp(options: LimiterOptions = {}, policyOptions: PolicyOptions = {}) {
  const clock = new FakeClock();
  const limiter = createLimiter(options);
  const policy = definePolicy({
    clock,
    limiter,
    provider: genericProfile,
    random: () => 0.5,
    ...policyOptions,
  });
  const events = recordEvents(policy);
  const order: string[] = [];
  const settle = () => clock.advance(0);

  function call(name = '', given: CallOptions<Answer> = {}): Made {
    const controller = new AbortController();
    const startsMs: number[] = [];
    let end: { answer(value: Answer): void; fail(error: unknown): void } | undefined;
    const made: Made = {
      startsMs,
      answer: (value) => {
        end?.answer(value);
        return settle();
      },
      fail: (error) => {
        end?.fail(error);
        return settle();
      },
      abort: (reason) => controller.abort(reason),
      value: undefined,
      error: undefined,
      trace: undefined,
    };
    const operation = () => {
      startsMs.push(clock.monotonic());
      order.push(name);
      return new Promise<Answer>((answer, fail) => {
        end = { answer, fail };
      });
    };
    const onSettled = (trace: Trace) => {
      made.trace = trace;
    };
    const signal = controller.signal;
    execute(operation, policy, { method: 'POST', onSettled, signal, ...given }).then(
      (value) => {
        made.value = value;
      },
      (error: unknown) => {
        made.error = error;
      },
    );
    return made;
  }

  const callAll = (names: string, given: CallOptions<Answer> = {}) =>
    [...names].map((name) => call(name, given));
  const key = () => limiter.snapshot()[0];
  return { clock, limiter, policy, events, order, call, callAll, settle, key };
}
