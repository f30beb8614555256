import { frame } from './framing.js';
import {
  headerText,
  isListed,
  isReader,
  type RequestHeaders,
  readRequestHeader,
} from './request-headers.js';
import { queryOf, type UrlParts } from './url-parts.js';

/** Headers that may hold what authorises a request. */
export const CREDENTIAL_HEADERS = [
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
] as const;
/** The place of each name in the list by its length, so that other names cost next to nothing. */
const PLACES: Readonly<Record<number, number>> = { 13: 0, 9: 1, 7: 2, 14: 3 };
const QUERY_NAME = 'key=';

/** A signature of AWS is another one for each request; what is before its scope is the access key. */
const AWS_SIGNATURE = /^AWS4-[A-Z0-9-]+ Credential=[^/,]+/;

/**
 * Finds what authorises a request: the headers `authorization`, `x-api-key`, `api-key` and
 * `x-goog-api-key`, the parameter `key` of the query, and the user info of the URL. Never throws.
 *
 * @param others more headers that may hold it, in lower case
 * @returns an opaque text of all that is there, whatever its order; `''` when nothing is
 */
export function readCredential(
  headers: RequestHeaders | undefined,
  url: UrlParts,
  others: readonly string[] = [],
): string {
  const found = ['', '', '', '', readQueryKey(queryOf(url.rest)), url.userInfo];
  try {
    if (headers !== undefined) collect(headers, found);
  } catch {
    // What was found until then is what there is; no client can send such headers.
  }
  for (const name of others) found.push(readRequestHeader(headers, name) ?? '');
  return joinFound(found);
}

function collect(headers: RequestHeaders, found: string[]): void {
  if (isListed(headers)) {
    for (const entry of headers) {
      if (Array.isArray(entry)) add(found, entry[0], entry[1]);
    }
  } else if (isReader(headers)) {
    for (const name of CREDENTIAL_HEADERS) add(found, name, readRequestHeader(headers, name));
  } else {
    const record = headers as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(record)) {
      if (PLACES[name.length] !== undefined) add(found, name, record[name]);
    }
  }
}

function add(found: string[], name: unknown, value: unknown): void {
  if (typeof name !== 'string') return;
  const place = PLACES[name.length];
  if (place === undefined) return;
  if (name !== CREDENTIAL_HEADERS[place] && name.toLowerCase() !== CREDENTIAL_HEADERS[place])
    return;
  const given = headerText(value);
  const text = AWS_SIGNATURE.exec(given)?.[0] ?? given;
  const before = found[place];
  found[place] = before ? `${before}, ${text}` : text;
}

/** Each with its place before it, so that the same text in another place is another credential. */
function joinFound(found: readonly string[]): string {
  let joined = '';
  for (let place = 0; place < found.length; place += 1) {
    if (found[place]) joined += frame(`${place}${found[place]}`);
  }
  return joined;
}

/** The values of the parameter `key`, still encoded, several joined by `&`. */
function readQueryKey(query: string): string {
  let key = '';
  for (let at = query.indexOf(QUERY_NAME); at >= 0; at = query.indexOf(QUERY_NAME, at + 1)) {
    if (at > 0 && query[at - 1] !== '&') continue;
    const end = query.indexOf('&', at);
    const value = query.slice(at + QUERY_NAME.length, end < 0 ? undefined : end);
    key = key === '' ? value : `${key}&${value}`;
  }
  return key;
}
