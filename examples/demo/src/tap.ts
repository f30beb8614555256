import type { Fetch } from './client.js';

/** What a client really did, seen between it and the network. */
export interface Tap {
  readonly fetch: Fetch;
  /** Attempts, also those that found no connection. */
  attempts(): number;
  /** Answers with the status 429. */
  limited(): number;
  /**
   * Requests of calls that had themselves been told to wait by a Retry-After and came back before
   * that time was over. Other calls of the key, which had been told nothing, are not counted.
   */
  impatient(): number;
}

/** Puts a tap on a fetch. */
export function tapFetch(bare: Fetch): Tap {
  const toldUntilMs = new Map<string, number>();
  let attempts = 0;
  let limited = 0;
  let impatient = 0;
  return {
    async fetch(input, init) {
      const callId = new Headers(init?.headers).get('x-call-id') ?? '';
      attempts += 1;
      if (performance.now() < (toldUntilMs.get(callId) ?? 0)) impatient += 1;
      const response = await bare(input, init);
      if (response.status === 429) limited += 1;
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      if (seconds > 0) toldUntilMs.set(callId, performance.now() + seconds * 1000);
      return response;
    },
    attempts: () => attempts,
    limited: () => limited,
    impatient: () => impatient,
  };
}
