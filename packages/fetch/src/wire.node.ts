import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { type AttemptMark, attemptUnderWay, carryAttempts, runAttempt } from '@forbear/core';
import { hasRejectedWith, isCausedBy } from './error-chain.js';
import { SeenRequest } from './seen-request.js';
import type {
  WatchedSend as AnyWatchedSend,
  WireRecord as AnyWireRecord,
  AttemptEnd,
  OpenAnswer,
  Sent,
} from './wire.js';

/** What the transport did with the requests of one attempt. */
export interface WireRecord extends AnyWireRecord {
  /** In the order in which they were created; `undefined` before the first. */
  requests: SeenRequest[] | undefined;
}

/** A `send` that was watched. */
export interface WatchedSend<T = unknown> extends AnyWatchedSend<T> {
  readonly record: WireRecord;
}

interface UndiciRequest {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
}

interface ConnectParams {
  readonly protocol?: unknown;
  readonly host?: unknown;
}

carryAttempts(new AsyncLocalStorage<AttemptMark>());

/** By undici's request: later events come in the context of whoever opened the socket. */
const seenRequests = new WeakMap<object, SeenRequest>();

/** Errors of connections that were never made. */
const connectErrors = new WeakSet<object>();

/**
 * By origin, whether all its connections spoke HTTP/1.1. Over HTTP/2 some versions of undici send
 * without telling. An origin that is not known is taken for HTTP/1.1 where it has no TLS, unless the
 * map is full.
 */
const speaksHttp1 = new Map<string, boolean>();

const MAX_ORIGINS = 10_000;

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: UndiciRequest };
  const record = attemptUnderWay();
  // A proxy's CONNECT carries nothing of the request.
  if (!isWireRecord(record) || request.method === 'CONNECT') return;
  const origin = String(request.origin).replace(/\/$/, '');
  const seen = new SeenRequest(origin, String(request.path));
  seenRequests.set(request, seen);
  record.requests ??= [];
  record.requests.push(seen);
});

subscribe('undici:client:sendHeaders', (message) => {
  const seen = seenRequests.get((message as { request: object }).request);
  if (seen !== undefined) seen.sent = true;
});

subscribe('undici:request:error', (message) => {
  const { request, error } = message as { request: object; error: unknown };
  const seen = seenRequests.get(request);
  if (seen === undefined) return;
  seen.failure ??= error;
  seen.end();
});

subscribe('undici:request:trailers', (message) => {
  seenRequests.get((message as { request: object }).request)?.end();
});

subscribe('undici:client:connected', (message) => {
  const { connectParams, socket } = message as {
    connectParams: ConnectParams;
    socket?: { readonly alpnProtocol?: unknown };
  };
  const origin = `${connectParams.protocol}//${connectParams.host}`;
  const known = speaksHttp1.get(origin);
  if (known === undefined && speaksHttp1.size >= MAX_ORIGINS) return;
  speaksHttp1.set(origin, known !== false && socket?.alpnProtocol !== 'h2');
});

subscribe('undici:client:connectError', (message) => {
  const { error } = message as { error: unknown };
  if (typeof error === 'object' && error !== null) connectErrors.add(error);
});

/** Runs `send` for `owner` so that its requests are noted in a record. */
export function watchWire<T>(owner: object, send: () => T): WatchedSend<T> {
  const record: WireRecord = { owner, over: false, requests: undefined };
  return { sending: runAttempt(record, send), record };
}

/**
 * Whether anything of the attempt was sent. `no` is a proof: exactly one request was created, its end
 * is that of the attempt, its head was not written (so there was no redirect either), and its
 * connection was never made or is one on which undici tells what it writes. Where there were several
 * and one of them may still be sent, or may have been, it is `yes`: the error of another proves nothing.
 */
export async function readWire(
  { record, sending }: WatchedSend,
  error: unknown,
  end: AttemptEnd,
): Promise<Sent> {
  const [first, ...others] = record.requests ?? [];
  if (first === undefined) return 'unknown';
  if (others.length > 0) return [first, ...others].every(hasEndedUnsent) ? 'unknown' : 'yes';
  const isItsEnd = hasEndedWith(first, error) || (await wasAborted(first, sending, end));
  if (first.sent) return 'yes';
  return isItsEnd && isUnsent(first) ? 'no' : 'unknown';
}

/** The answer of an attempt that is still coming; `undefined`: all of it has come, or nobody knows. */
export function openAnswer({ record }: WatchedSend): OpenAnswer | undefined {
  const open = record.requests?.filter(({ isOver }) => !isOver) ?? [];
  if (open.length === 0) return undefined;
  return {
    onOver(listener) {
      let left = open.length;
      for (const seen of open) {
        seen.onOver = () => {
          left--;
          if (left === 0) listener();
        };
      }
    },
  };
}

function isWireRecord(mark: AttemptMark | undefined): mark is WireRecord {
  return mark !== undefined && 'requests' in mark;
}

function hasEndedUnsent(seen: SeenRequest): boolean {
  return seen.failure !== undefined && isUnsent(seen);
}

function isUnsent({ origin, sent, failure }: SeenRequest): boolean {
  if (sent) return false;
  if (typeof failure === 'object' && failure !== null && connectErrors.has(failure)) return true;
  return speaksHttp1.get(origin) ?? (origin.startsWith('http:') && speaksHttp1.size < MAX_ORIGINS);
}

function hasEndedWith({ failure }: SeenRequest, error: unknown): boolean {
  return failure !== undefined && isCausedBy(error, failure);
}

/**
 * Whether the caller's abort reached the request, of which undici tells only later: what `send` gave
 * must have rejected by itself with the reason, and the request must be the attempt's own. A limit of
 * ours is never believed here: a wrapper may reject on its signal and let its request go on.
 */
async function wasAborted(
  { origin, path }: SeenRequest,
  sending: unknown,
  { signal, url }: AttemptEnd,
): Promise<boolean> {
  if (!signal?.aborted) return false;
  return isSameUrl(url, origin + path) && hasRejectedWith(sending, signal.reason);
}

function isSameUrl(given: string, seen: string): boolean {
  try {
    const { origin, pathname, search } = new URL(given);
    return origin + pathname + search === seen;
  } catch {
    return false;
  }
}
