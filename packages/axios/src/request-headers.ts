import type { RequestHeaders } from '@forbear/core';
import type { SentConfig } from './bare-axios.js';

/** The headers of a request as its key needs them: with what `config.auth` will make of one. */
export function requestHeadersOf({ headers, auth }: SentConfig): RequestHeaders {
  const record = headers.toJSON() as Readonly<Record<string, unknown>>;
  if (!auth) return record;
  const others = Object.entries(record).filter(([name]) => !/^authorization$/i.test(name));
  const authorization = `Basic ${auth.username}:${auth.password}`;
  return { ...Object.fromEntries(others), authorization };
}

/** A copy of headers, with what their class keeps beside them. */
export function copyHeaders(headers: SentConfig['headers']): SentConfig['headers'] {
  return Object.assign(Object.create(Object.getPrototypeOf(headers)), headers);
}
