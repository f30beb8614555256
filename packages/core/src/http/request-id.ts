import type { HeaderSource } from '../facts.js';
import { readHeader } from './headers.js';

/** OpenAI and most others; Anthropic and Stripe; AWS; and Cloudflare, which stands before many. */
const NAMES: readonly string[] = ['x-request-id', 'request-id', 'x-amzn-requestid', 'cf-ray'];

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;

/**
 * The id that the server gave to a request, to name it to the provider's support: 1 to 128 visible
 * ASCII characters. A value of another kind is passed over.
 */
export function readRequestId(headers: HeaderSource | undefined): string | undefined {
  return NAMES.map((name) => readHeader(headers, name)).find(
    (id) => id !== undefined && VISIBLE_ASCII.test(id),
  );
}
