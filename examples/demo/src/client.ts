import type { Trace } from '@forbear/core';

export type Fetch = typeof globalThis.fetch;

/**
 * How a call ended for its caller. `left`: without an answer, not repeated because it may have been
 * billed, and the caller was told so.
 */
export interface Settled {
  readonly end: 'answered' | 'left' | 'failed';
  readonly trace?: Trace | undefined;
}

/** Makes the call of that name, and says how it ended. */
export type Client = (callId: string) => Promise<Settled>;

/** What a client is made with. */
export interface Connection {
  readonly baseURL: string;
  /** The fetch that is counted. */
  readonly fetch: Fetch;
  /** What one attempt is given to bring its headers; absent: all the time there is. */
  readonly attemptTimeoutMs: number | undefined;
}

export type MakeClient = (connection: Connection) => Client;

/** A small chat completion; the fake provider knows the call by its `x-call-id`. */
export function chatRequest(callId: string): RequestInit {
  return {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk-demo',
      'content-type': 'application/json',
      'x-call-id': callId,
    },
    body: JSON.stringify({
      model: 'fake-model',
      messages: [{ role: 'user', content: `Say hello to ${callId}.` }],
    }),
  };
}
