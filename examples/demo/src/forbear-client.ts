import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { type Client, type Connection, chatRequest } from './client.js';

/** A client that leaves everything to Forbear. */
export function forbearClient(
  { baseURL, fetch: bare, attemptTimeoutMs }: Connection,
  repeatable: boolean,
): Client {
  const fetch = createFetch({
    provider: flexai,
    attemptTimeoutMs,
    repeatable,
    fetch: bare,
  });
  return async (callId) => {
    try {
      const response = await fetch(`${baseURL}/chat/completions`, chatRequest(callId));
      const trace = traceOf(response);
      if (!response.ok) return { end: trace?.mayHaveBeenBilled ? 'left' : 'failed', trace };
      // An answer that breaks off was billed, and reading it is the caller's own business.
      const read = await response.json().then(
        () => true,
        () => false,
      );
      return { end: read ? 'answered' : 'left', trace };
    } catch (error) {
      const trace = traceOf(error);
      return { end: trace?.mayHaveBeenBilled ? 'left' : 'failed', trace };
    }
  };
}
