import type { Fetch } from './client.js';

/** What a client really did, seen between it and the network. */
export interface Tap {
  readonly fetch: Fetch;
  /** Attempts, also those that found no connection. */
  attempts(): number;
  /** Answers with the status 429. */
  limited(): number;
  /**
   * Requests that were sent before the time was over that a Retry-After had told any call of the key,
   * and all calls here have one key.
   */
  impatient(): number;
}

/** Puts a tap on a fetch. */
export function tapFetch(bare: Fetch): Tap {
  let toldUntilMs = 0;
  let attempts = 0;
  let limited = 0;
  let impatient = 0;
  return {
    async fetch(input, init) {
      attempts += 1;
      if (performance.now() < toldUntilMs) impatient += 1;
      const response = await bare(input, init);
      if (response.status === 429) limited += 1;
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      toldUntilMs = Math.max(toldUntilMs, performance.now() + seconds * 1000);
      return response;
    },
    attempts: () => attempts,
    limited: () => limited,
    impatient: () => impatient,
  };
}
