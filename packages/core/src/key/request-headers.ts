import type { HeaderSource } from '../facts.js';
import { readHeader } from '../http/headers.js';

/** Request headers in each form that `fetch` and its relatives take. */
export type RequestHeaders = HeaderSource | readonly (readonly [string, string])[];

/** Whether they are listed pair by pair: an array of pairs, or a `Map`, whose `get` knows case. */
export function isListed(headers: RequestHeaders): headers is Iterable<unknown> & RequestHeaders {
  return Array.isArray(headers) || headers instanceof Map;
}

/** Whether they are read by `get(name)` in any case, as of a `Headers`. */
export function isReader(headers: RequestHeaders): boolean {
  return 'get' in headers && typeof headers.get === 'function';
}

/**
 * Reads one header of a request. Never throws.
 *
 * @param name in lower case
 * @returns as `readHeader` does
 */
export function readRequestHeader(
  headers: RequestHeaders | undefined,
  name: string,
): string | undefined {
  try {
    if (headers === undefined) return undefined;
    if (!isListed(headers)) return readHeader(headers as HeaderSource, name);
    const values: unknown[] = [];
    for (const entry of headers) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string') continue;
      if (entry[0].toLowerCase() === name) values.push(entry[1]);
    }
    return readHeader({ values }, 'values');
  } catch {
    return undefined;
  }
}

/** The text of a header's value, `''` when it has none. */
export function headerText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : (readHeader({ value }, 'value') ?? '');
}
