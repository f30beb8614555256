import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { WireRecord as AnyWireRecord } from './wire.js';

/** What the transport did with the requests of one attempt. */
export interface WireRecord extends AnyWireRecord {
  readonly owner: object;
  /** How many requests `send` created. */
  created: number;
  /** The origin of the last of them. */
  origin: string;
  /** Whether the head of any of them was written. */
  sent: boolean;
}

interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: unknown;
}

interface ConnectParams {
  readonly protocol?: unknown;
  readonly host?: unknown;
}

const attempts = new AsyncLocalStorage<WireRecord>();

/**
 * The attempt whose `send` is running. Fetch creates its request before it returns; one that is
 * created later, from the queue of a pool, is created in a stranger's context and belongs to nobody.
 */
let sending: WireRecord | undefined;

/** By undici's request: later events come in the context of whoever opened the socket. */
const records = new WeakMap<object, WireRecord>();

/** Errors of connections that were never made. */
const connectErrors = new WeakSet<object>();

/** Origins that speak HTTP/2, where some versions of undici send without telling. */
const http2Origins = new Set<string>();

/** Origins with TLS that were seen to speak HTTP/1.1. */
const http1Origins = new Set<string>();

const MAX_ORIGINS = 10_000;
const MAX_CAUSES = 8;

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: UndiciRequest };
  // A proxy's CONNECT carries nothing of the request.
  if (sending === undefined || request.method === 'CONNECT') return;
  sending.created++;
  sending.origin = String(request.origin).replace(/\/$/, '');
  records.set(request, sending);
});

subscribe('undici:client:sendHeaders', (message) => {
  const record = records.get((message as { request: object }).request);
  if (record !== undefined) record.sent = true;
});

subscribe('undici:client:connected', (message) => {
  const { connectParams, socket } = message as {
    connectParams: ConnectParams;
    socket?: { readonly alpnProtocol?: unknown };
  };
  const origin = `${connectParams.protocol}//${connectParams.host}`;
  if (socket?.alpnProtocol === 'h2') {
    http2Origins.add(origin);
  } else {
    if (http1Origins.size >= MAX_ORIGINS) http1Origins.clear();
    http1Origins.add(origin);
  }
});

subscribe('undici:client:connectError', (message) => {
  const { error } = message as { error: unknown };
  if (typeof error === 'object' && error !== null) connectErrors.add(error);
});

/** Runs `send` for `owner` so that its requests are noted in a record. */
export function watchWire<T>(
  owner: object,
  send: () => T,
): { readonly sending: T; readonly record: WireRecord } {
  const record = { owner, over: false, created: 0, origin: '', sent: false };
  const outer = sending;
  sending = record;
  try {
    return { sending: attempts.run(record, send), record };
  } finally {
    sending = outer;
  }
}

/**
 * Whether anything of the attempt was sent. `no` is a proof: exactly one request was created, its
 * head was not written (so there was no redirect either), and its connection was never made or is one
 * on which undici tells what it writes.
 */
export function readWire(record: WireRecord, error: unknown): 'no' | 'yes' | 'unknown' {
  if (record.sent) return 'yes';
  if (record.created !== 1) return 'unknown';
  if (isConnectError(error)) return 'no';
  if (http2Origins.has(record.origin)) return 'unknown';
  return record.origin.startsWith('http:') || http1Origins.has(record.origin) ? 'no' : 'unknown';
}

/** Who makes the attempt inside which this code runs, if any is under way. */
export function attemptOwner(): object | undefined {
  const record = attempts.getStore();
  return record?.over === false ? record.owner : undefined;
}

function isConnectError(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    if (typeof current !== 'object' || current === null) return false;
    if (connectErrors.has(current)) return true;
    current = (current as { cause?: unknown }).cause;
  }
  return false;
}
