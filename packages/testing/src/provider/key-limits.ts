import type { AnswerHeaders } from './answer.js';
import type { Settings } from './options.js';
import { type Admission, type RateLimit, RateLimiter, wholeSeconds } from './rate-limiter.js';

/** The limits of each key. */
export interface Limits {
  /** How its requests are limited. */
  readonly rateLimit?: RateLimit | undefined;
  /** How the tokens of its completions are limited, prompt and answer together. */
  readonly tokenLimit?: RateLimit | undefined;
}

/** What the limits say to a request. */
export interface LimitsAdmission {
  /** What they tell in the headers of the answer. */
  readonly headers: AnswerHeaders;
  /** Whole seconds after which a refused request may come back; absent: it is let in. */
  readonly refusedForS?: number;
}

/** Requests and tokens of each key: both have to let a request in, and a refused one counts in neither. */
export class KeyLimits {
  readonly #settings: Pick<Settings, 'clock' | 'clockSkewMs'>;
  #requests: RateLimiter | undefined;
  #tokens: RateLimiter | undefined;

  constructor(settings: Pick<Settings, 'clock' | 'clockSkewMs'> & Limits) {
    this.#settings = settings;
    this.#requests = settings.rateLimit && new RateLimiter(settings.rateLimit);
    this.#tokens = settings.tokenLimit && new RateLimiter(settings.tokenLimit);
  }

  /** @param tokens what the request takes of the limit of tokens */
  admit(key: string, tokens: number): LimitsAdmission {
    const nowMs = this.#settings.clock.now();
    const looks = [this.#requests?.look(key, nowMs, 1), this.#tokens?.look(key, nowMs, tokens)];
    const refusals = looks.filter((each) => each?.admitted === false);
    const isIn = refusals.length === 0;
    // A refused request does not count, nor begin a window.
    const said = (limiter: RateLimiter | undefined, amount: number) =>
      isIn ? limiter?.admit(key, nowMs, amount) : limiter?.look(key, nowMs, 0);
    const requests = said(this.#requests, 1);
    const spent = said(this.#tokens, tokens);
    const headers = {
      ...this.#tell('requests', this.#requests, requests),
      ...this.#tell('tokens', this.#tokens, spent),
    };
    if (isIn) return { headers };
    const freeAtMs = Math.max(...refusals.map((each) => each?.freeAtMs ?? nowMs));
    return { headers, refusedForS: Math.max(1, wholeSeconds(freeAtMs - nowMs)) };
  }

  change({ rateLimit, tokenLimit }: Limits): void {
    this.#requests = this.#changed(this.#requests, rateLimit);
    this.#tokens = this.#changed(this.#tokens, tokenLimit);
  }

  clear(): void {
    this.#requests?.clear();
    this.#tokens?.clear();
  }

  #changed(limiter: RateLimiter | undefined, limit: RateLimit | undefined) {
    if (limit === undefined) return undefined;
    if (limiter === undefined) return new RateLimiter(limit);
    limiter.change(limit, this.#settings.clock.now());
    return limiter;
  }

  #tell(
    unit: 'requests' | 'tokens',
    limiter: RateLimiter | undefined,
    said: Admission | undefined,
  ): AnswerHeaders {
    if (limiter === undefined || said === undefined) return {};
    return {
      [`x-ratelimit-limit-${unit}`]: String(limiter.limit),
      [`x-ratelimit-remaining-${unit}`]: String(said.remaining),
      [`x-ratelimit-reset-${unit}`]: String(
        wholeSeconds(said.resetAtMs + this.#settings.clockSkewMs),
      ),
    };
  }
}
