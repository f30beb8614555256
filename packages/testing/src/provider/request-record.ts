import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as the provider received it. */
export interface RequestRecord {
  /**
   * The logical request: the header `x-call-id`, or else a SHA-256 of method, path and body (empty
   * until the whole body has arrived).
   */
  readonly callId: string;
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The request target as it was sent: path and query. */
  readonly url: string;
  /** The status whose head was sent; `null` before that, and when the connection ended without. */
  readonly status: number | null;
  /** When its head arrived, in Unix milliseconds of the provider's clock. */
  readonly atMs: number;
  /** The headers; their names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The first 65,536 characters of the body. */
  readonly body: string;
  /** The length of the whole body in bytes. */
  readonly bodyBytes: number;
  /** The SHA-256 of the whole body, in hexadecimal. */
  readonly bodySha256: string;
  /**
   * Whether it arrived while a wait that a 429 had told its key was still running. Concurrent calls
   * of the same millisecond are not blamed, unless the 429 was the answer to this very call.
   */
  readonly early: boolean;
}

/** A record while its request is being handled. */
export type OpenRecord = { -readonly [Field in keyof RequestRecord]: RequestRecord[Field] };

const BODY_TEXT_LIMIT = 65_536;

export function openRecord(
  request: Pick<RequestRecord, 'method' | 'url' | 'headers' | 'atMs'>,
): OpenRecord {
  const { method, url, headers, atMs } = request;
  const [path = '/'] = url.split('?');
  const named = headers['x-call-id'];
  const callId = typeof named === 'string' ? named : '';
  const body = { body: '', bodyBytes: 0, bodySha256: '' };
  return { callId, method, path, url, status: null, atMs, headers, ...body, early: false };
}

/** Writes the body and the name of the logical request into a record. */
export function identify(record: OpenRecord, body: Buffer): void {
  record.body = body.toString('utf8').slice(0, BODY_TEXT_LIMIT);
  record.bodyBytes = body.length;
  record.bodySha256 = createHash('sha256').update(body).digest('hex');
  record.callId ||= createHash('sha256')
    .update(`${record.method} ${record.path}\n`)
    .update(body)
    .digest('hex');
}
