import type { RequestHeaders } from '@forbear/core';
import type { SentConfig } from './bare-axios.js';

/** The headers of a request as its key needs them: with what `config.auth` will make of one. */
export function requestHeadersOf({ headers, auth }: SentConfig): RequestHeaders {
  const reader = { get: (name: string) => headers.get(name) };
  if (!auth) return reader as RequestHeaders;
  const basic = `Basic ${auth.username}:${auth.password}`;
  return {
    get: (name: string) => (name.toLowerCase() === 'authorization' ? basic : headers.get(name)),
  } as RequestHeaders;
}

/** A copy of headers, with what their class keeps beside them. */
export function copyHeaders(headers: SentConfig['headers']): SentConfig['headers'] {
  return Object.assign(Object.create(Object.getPrototypeOf(headers)), headers);
}
