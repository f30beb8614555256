import type { GivenRefusal, Outcome } from '@forbear/core';
import * as platform from '#raw-body';
import type { AxiosResponse, ErrorClasses, SentConfig } from './bare-axios.js';
import * as web from './raw-body.js';
import type { Transport } from './transport.js';

/** What the answer of a call is rebuilt for. */
export interface Rebuilding {
  readonly config: SentConfig;
  readonly transport: Transport;
  readonly errors: ErrorClasses;
}

/**
 * Makes what axios would give for a call that is refused without a request: status, body and rate-limit
 * headers are those of the answer that closed its gate, and `retry-after` is what is left of its wait.
 */
export function rebuildOutcome(
  { failure, headers, body }: GivenRefusal,
  { config, transport, errors: { AxiosError } }: Rebuilding,
): Outcome<AxiosResponse> {
  const { status = 429 } = failure;
  const data = dataOf(body, config, headers['content-type'] ?? '', transport);
  const value = { data, status, statusText: '', headers: { ...headers }, config } as AxiosResponse;
  const { validateStatus } = config;
  if (!validateStatus || validateStatus(status)) return { ok: true, value };
  const code = status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
  const message = `Request failed with status code ${status}`;
  return { ok: false, error: new AxiosError(message, code, config, undefined, value) };
}

/** The body as an adapter would give it, before axios transforms it. */
function dataOf(
  body: string,
  { responseType }: SentConfig,
  type: string,
  transport: Transport,
): unknown {
  const raw = transport === 'fetch' ? web : platform;
  switch (responseType) {
    case 'arraybuffer':
      return raw.bytesOf(body);
    case 'stream':
      return raw.streamOf(body);
    case 'blob':
      return new Blob([body], { type });
    default:
      return body;
  }
}
