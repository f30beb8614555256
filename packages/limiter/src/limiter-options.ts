import {
  type Check,
  type Checks,
  check,
  functionOption,
  oneOf,
  problem,
  record,
} from '@forbear/core';
import type { Limit, LimitShape } from './limit.js';
import type { Unit } from './need.js';
import type { PermitSourceFactory } from './permit-source.js';
import type { TokenEstimator } from './token-estimate.js';

/** A limit that is given; `shape`: as the provider's profile says. */
export interface LimitOptions {
  readonly unit: Unit;
  /** Units in `perMs` milliseconds, a whole number of 1 or more. */
  readonly amount: number;
  /** Milliseconds, 1 or more. */
  readonly perMs: number;
  /**
   * How the server counts: `fixed` or `sliding` windows, a `bucket` that refills evenly, or `even`,
   * without any burst. @default by the provider's profile
   */
  readonly shape?: LimitShape | undefined;
}

/** What a limiter goes by. Each key has limits of its own. */
export interface LimiterOptions {
  /** Short for a limit of requests in 60,000 ms. @default learnt from answers */
  readonly requestsPerMinute?: number | undefined;
  /** Short for a limit of tokens, input and output together, in 60,000 ms. @default learnt from answers */
  readonly tokensPerMinute?: number | undefined;
  /** Limits of which all have to allow an attempt, and all learnt ones too. @default none */
  readonly limits?: readonly LimitOptions[] | undefined;
  /**
   * Attempts that may be under way at once, 1 or more, each until the end of its body where that can be
   * seen. `auto` finds how many the server takes to answer: it starts with what the provider advises, else
   * with 20, or with 1000 where a limit of requests is given. @default 'auto'
   */
  readonly maxConcurrent?: number | 'auto' | undefined;
  /** Calls of a key that may wait; one more is refused, the lowest priority first. @default any number */
  readonly maxQueued?: number | undefined;
  /**
   * Which share of all limits and of what may be under way is left for interactive calls, for a minute
   * after each of them: from 0 to 0.9. @default 0.1
   */
  readonly interactiveShare?: number | undefined;
  /**
   * After how many milliseconds of being passed over batch calls go before interactive ones.
   * @default 20000
   */
  readonly ageingMs?: number | undefined;
  /** Counts the tokens of a request. @default a quarter of its bytes, and the output that it allows */
  readonly estimateTokens?: TokenEstimator | undefined;
  /** Where permits come from. @default this process counts them */
  readonly source?: PermitSourceFactory | undefined;
}

/** What a limiter does where its options are silent. */
export const LIMITER_DEFAULTS = Object.freeze({
  maxConcurrent: 'auto',
  interactiveShare: 0.1,
  ageingMs: 20_000,
});

const number = (least: number, most: number, remedy: string) =>
  check(
    (value) =>
      typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most,
    remedy,
  );

const count = (remedy: string, least = 1) =>
  check((value) => Number.isSafeInteger(value) && (value as number) >= least, remedy);

const UNITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'];

const limit: Check = (value, path) => {
  const problems = record({
    unit: oneOf(...UNITS),
    amount: count('give a whole number of 1 or more'),
    perMs: number(1, Number.MAX_VALUE, 'give milliseconds, 1 or more'),
    shape: oneOf('fixed', 'sliding', 'bucket', 'even'),
  })(value, path);
  if (problems.length > 0) return problems;
  return (['unit', 'amount', 'perMs'] as const)
    .filter((name) => (value as Partial<LimitOptions>)[name] === undefined)
    .map((name) =>
      problem(`${path}.${name}`, undefined, 'give it: a limit needs unit, amount, perMs'),
    );
};

const limits: Check = (value, path) => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    return [problem(path, value, 'give an array of { unit, amount, perMs, shape }')];
  }
  return value.flatMap((each, index) =>
    each === undefined
      ? [problem(`${path}[${index}]`, each, 'give a limit')]
      : limit(each, `${path}[${index}]`),
  );
};

export const LIMITER_CHECKS: Checks = {
  requestsPerMinute: count('give a whole number of requests, 1 or more'),
  tokensPerMinute: count('give a whole number of tokens, 1 or more'),
  limits,
  maxConcurrent: (value, path) =>
    value === 'auto' ? [] : count("give 'auto', or a whole number of 1 or more")(value, path),
  maxQueued: count('give a whole number of 0 or more', 0),
  interactiveShare: number(0, 0.9, 'give a share from 0 to 0.9'),
  ageingMs: number(1, Number.MAX_VALUE, 'give milliseconds, 1 or more'),
  estimateTokens: functionOption,
  source: functionOption,
};

const MINUTE_MS = 60_000;

/** Every limit that the options give, in the full form. */
export function limitsOf(
  { requestsPerMinute, tokensPerMinute, limits: given = [] }: LimiterOptions,
  shape: LimitShape,
): readonly Limit[] {
  const short: readonly (readonly [Unit, number | undefined])[] = [
    ['requests', requestsPerMinute],
    ['tokens', tokensPerMinute],
  ];
  return [
    ...short.flatMap(([unit, amount]) =>
      amount === undefined ? [] : [{ unit, amount, perMs: MINUTE_MS, shape }],
    ),
    ...given.map((each) => ({ ...each, shape: each.shape ?? shape })),
  ];
}
