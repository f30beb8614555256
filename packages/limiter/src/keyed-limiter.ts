import {
  adviseConcurrency,
  assertOptions,
  CALL_LIMIT_CHECKS,
  type Clock,
  check,
  durationMs,
  type Lane,
  type LaneContext,
  type ProviderProfile,
  type QueuePlace,
  systemClock,
} from '@forbear/core';
import {
  AutoConcurrency,
  type Concurrency,
  FixedConcurrency,
  type PaceReason,
} from './concurrency.js';
import { Door } from './door.js';
import { KeyLimits } from './key-limits.js';
import type { KeyNews } from './key-news.js';
import { KeyQueue } from './key-queue.js';
import { KeyQueues } from './key-queues.js';
import { KeyLane } from './lane.js';
import type { Limit } from './limit.js';
import type { EstimateOptions, Limiter, LimiterSnapshot } from './limiter.js';
import { LIMITER_DEFAULTS, type LimiterOptions, limitsOf } from './limiter-options.js';
import { MemorySource } from './memory-source.js';
import { levelOf } from './priority.js';
import type { QueueRules } from './queue-rules.js';
import { tokenCounter, tokensOf } from './token-estimate.js';

const MINUTE_MS = 60_000;
const { priority, tenant, tokens } = CALL_LIMIT_CHECKS;
const ESTIMATE_CHECKS = {
  key: check((value) => typeof value === 'string', 'give a key as in a snapshot'),
  priority,
  tenant,
  tokens,
};
const DRAIN_CHECKS = { deadlineMs: durationMs() };

/** A queue for each key, all by the same options. */
export class KeyedLimiter implements Limiter {
  readonly #options: LimiterOptions;
  readonly #rules: QueueRules;
  readonly #queues = new KeyQueues();
  #clock: Clock = systemClock;
  #isClosed = false;
  /** Those that wait for all to be over. */
  #whenQuiet: readonly (() => void)[] = [];

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#rules = {
      maxQueued: options.maxQueued ?? Number.POSITIVE_INFINITY,
      interactiveShare: options.interactiveShare ?? LIMITER_DEFAULTS.interactiveShare,
      ageingMs: options.ageingMs ?? LIMITER_DEFAULTS.ageingMs,
      countTokens: tokenCounter(options.estimateTokens),
      onQuiet: () => this.#noticeQuiet(),
    };
  }

  laneOf(context: LaneContext): Lane {
    this.#clock = context.clock;
    const queue = this.#queues.of(context.key, () => this.#open(context));
    const barrier = context.gate.attach(queue);
    return new KeyLane(queue, new Door(context, barrier), () => this.#queues.touch(context.key));
  }

  estimate(call: EstimateOptions = {}): QueuePlace {
    assertOptions('estimate', call, ESTIMATE_CHECKS);
    const { key, priority, tenant = '', tokens = 0 } = call;
    const { all } = this.#queues;
    const queue = key === undefined ? all.at(-1) : all.find(({ label }) => label === key);
    if (queue === undefined) return { position: 1, estimateMs: 0 };
    const { input, output } = tokensOf(tokens);
    return queue.placeOf({
      requests: 1,
      inputTokens: input,
      outputTokens: output,
      level: levelOf(priority),
      tenant,
    });
  }

  snapshot(): readonly LimiterSnapshot[] {
    return this.#queues.all.map(({ label, length, limits }) => ({
      key: label,
      waiting: length,
      inFlight: limits.inFlight,
      maxConcurrent: limits.concurrency.limit,
      limits: limits.source.snapshot(),
    }));
  }

  async drain(options: { readonly deadlineMs?: number | undefined } = {}): Promise<number> {
    assertOptions('drain', options, DRAIN_CHECKS);
    this.#isClosed = true;
    const queues = this.#queues.all;
    for (const { attendance } of queues) attendance.close();
    const { deadlineMs = Number.POSITIVE_INFINITY } = options;
    const quiet = new Promise<void>((resolve) => {
      this.#whenQuiet = [...this.#whenQuiet, resolve];
    });
    const turnAway = () => {
      for (const queue of queues) queue.turnAllAway();
    };
    const stop = Number.isFinite(deadlineMs)
      ? this.#clock.setTimer(turnAway, deadlineMs)
      : undefined;
    this.#noticeQuiet();
    await quiet;
    stop?.();
    await Promise.all(queues.map(({ limits }) => limits.source.close?.()));
    return queues.reduce((late, { attendance }) => late + attendance.turnedAway, 0);
  }

  #noticeQuiet(): void {
    if (this.#whenQuiet.length === 0 || !this.#queues.all.every(({ isQuiet }) => isQuiet)) return;
    const told = this.#whenQuiet;
    this.#whenQuiet = [];
    for (const each of told) each();
  }

  #open({ key, label, clock, profile }: LaneContext): KeyQueue {
    const isBucket = profile.limits?.some(({ shape }) => shape === 'full') === true;
    const resetShape = isBucket ? 'full' : 'window';
    const limits = limitsOf(this.#options, isBucket ? 'bucket' : 'fixed');
    const makeSource = this.#options.source ?? ((context) => new MemorySource(context));
    const tell = (news: KeyNews) => queue.doors.tell(news);
    const concurrency = this.#concurrencyFor(limits, profile, (was, because) => {
      tell({ type: 'pace', maxConcurrent: concurrency.limit, was, because });
    });
    const keyLimits = new KeyLimits({
      clock,
      source: makeSource({
        key,
        label,
        clock,
        limits,
        resetShape,
        hold(closure, refusal) {
          queue.doors.close(closure, refusal);
          queue.pump();
        },
      }),
      concurrency,
      countsBodies: this.#countsBodies(profile),
      profile,
      tell,
    });
    const queue: KeyQueue = new KeyQueue(label, this.#rules, clock, keyLimits);
    if (this.#isClosed) queue.attendance.close();
    return queue;
  }

  /**
   * What bounds how many are under way counts each until the end of its body: the number that was given,
   * and servers that say so. What `auto` finds is how many a server takes to answer.
   */
  #countsBodies({ limits = [] }: ProviderProfile): boolean {
    const { maxConcurrent } = this.#options;
    return typeof maxConcurrent === 'number' || limits.some(({ unit }) => unit === 'concurrency');
  }

  /** Where a limit of requests was given, their rate is bound, and only a server that throttles bounds more. */
  #concurrencyFor(
    limits: readonly Limit[],
    profile: ProviderProfile,
    onChange: (was: number, because: PaceReason) => void,
  ): Concurrency {
    const { maxConcurrent = LIMITER_DEFAULTS.maxConcurrent } = this.#options;
    if (maxConcurrent !== 'auto') return new FixedConcurrency(maxConcurrent);
    const requests = limits.filter(({ unit }) => unit === 'requests');
    if (requests.length === 0) return new AutoConcurrency(onChange);
    const perMinute = requests.map(({ amount, perMs }) => (amount / perMs) * MINUTE_MS);
    const advised = adviseConcurrency(profile, Math.min(...perMinute));
    return new AutoConcurrency(
      onChange,
      advised ?? Number.POSITIVE_INFINITY,
      advised !== undefined,
    );
  }
}
