import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Connection, chatRequest } from './client.js';

const MAX_RETRIES = 3;
const FIRST_WAIT_MS = 500;

/** The retry that many projects hold a copy of: try again after any failure, and wait a bit longer. */
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await work();
    } catch (error) {
      if (retries === MAX_RETRIES) throw error;
      await sleep(FIRST_WAIT_MS * 2 ** retries);
    }
  }
}

/** A client that repeats everything and reads no Retry-After. */
export function naiveClient({ baseURL, fetch, attemptTimeoutMs }: Connection): Client {
  return async (callId) => {
    try {
      await retry(async () => {
        const signal =
          attemptTimeoutMs === undefined ? null : AbortSignal.timeout(attemptTimeoutMs);
        const response = await fetch(`${baseURL}/chat/completions`, {
          ...chatRequest(callId),
          signal,
        });
        if (!response.ok) throw new Error(`status ${response.status}`);
        return await response.json();
      });
      return { end: 'answered' };
    } catch {
      return { end: 'failed' };
    }
  };
}
