import { type RequestHeaders, readRequestHeader } from '@forbear/core';

/** What an SDK says of a request in its headers. */
export interface SdkRequest {
  /** How often it has repeated the call, from 0. */
  readonly retryCount: number;
  /**
   * Milliseconds after which no wait is of use, since its own timer has ended the request by then;
   * `undefined`: it did not say. The header names whole seconds, cut off.
   */
  readonly timeoutMs: number | undefined;
}

const WHOLE = /^\d{1,9}$/;

/** Reads what an SDK says of a request; `undefined`: the SDK does not, or it is no SDK of this kind. */
export function readSdkRequest(headers: RequestHeaders | undefined): SdkRequest | undefined {
  const retryCount = readNumber(headers, 'x-stainless-retry-count');
  if (retryCount === undefined) return undefined;
  const seconds = readNumber(headers, 'x-stainless-timeout');
  return { retryCount, timeoutMs: seconds === undefined ? undefined : seconds * 1000 + 999 };
}

function readNumber(headers: RequestHeaders | undefined, name: string): number | undefined {
  const text = readRequestHeader(headers, name);
  return text !== undefined && WHOLE.test(text) ? Number(text) : undefined;
}
