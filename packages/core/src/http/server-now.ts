import type { HeaderSource } from '../facts.js';
import { readHeader } from './headers.js';
import { parseHttpDate } from './http-date.js';

/** Up to where a second date may be joined to it. */
const FIRST_DATE = /^.{1,40}? GMT(?=, )/;

/**
 * The server's clock when it answered, in Unix milliseconds: the `Date` header (RFC 9110, section
 * 6.6.1) if it can be read, else our own clock. Times that a server names are measured against it,
 * so a skewed clock of ours neither shortens a wait nor stretches it.
 */
export function serverNow(headers: HeaderSource | undefined, nowMs: number): number {
  const date = readHeader(headers, 'date');
  if (date === undefined) return nowMs;
  const first = FIRST_DATE.exec(date)?.[0] ?? date;
  return parseHttpDate(first, nowMs) ?? nowMs;
}
