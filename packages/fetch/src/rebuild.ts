import type { GivenRefusal, Outcome } from '@forbear/core';

/**
 * Makes the response of a call that is refused without a request: status, body and rate-limit headers
 * are those of the answer that closed its gate, and `retry-after` is what is left of its wait.
 */
export function rebuildResponse(refusal: GivenRefusal): Outcome<Response> {
  const { failure, headers, body } = refusal;
  const { status = 429 } = failure;
  const statusText = statusTextOf(refusal);
  return { ok: true, value: new Response(body, { status, statusText, headers }) };
}

/** What a `Response` takes as `statusText` (RFC 9112, section 4). */
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** It may be the answer of another library, whose calls share the gate. */
function statusTextOf({ outcome }: GivenRefusal): string {
  const text = outcome.ok && (outcome.value as { statusText?: unknown } | null)?.statusText;
  return typeof text === 'string' && REASON_PHRASE.test(text) ? text : '';
}
