import type { GivenRefusal, Outcome } from '@forbear/core';

/**
 * Makes the response of a call that is refused without a request: status, body and rate-limit headers
 * are those of the answer that closed its gate, and `retry-after` is what is left of its wait.
 */
export function rebuildResponse({ failure, headers, body }: GivenRefusal): Outcome<Response> {
  const { status = 429 } = failure;
  return { ok: true, value: new Response(body, { status, headers }) };
}
