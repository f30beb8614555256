import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { type AttemptMark, attemptUnderWay, carryAttempts, runAttempt } from '@forbear/core';
import type { Sent, WireRecord } from './wire.js';

export type { Sent, WireRecord };

/** What follow-redirects hands out for a request, and Node for a connection, as much as is looked at. */
interface Redirectable {
  readonly _currentRequest?: unknown;
  readonly _redirectCount?: unknown;
}

interface SocketState {
  readonly destroyed?: boolean;
  /** Bytes that were given to the system; those that wait for the connection are none of them. */
  readonly _bytesDispatched?: number;
  /** Of TLS, whose bytes wait for the handshake after they were dispatched. */
  readonly _secureEstablished?: boolean;
  readonly encrypted?: boolean;
  /** Why the certificate is not trusted, if it is not. */
  readonly authorizationError?: unknown;
}

carryAttempts(new AsyncLocalStorage<AttemptMark>());

subscribe('http.client.request.start', note);
subscribe('undici:request:create', note);

function note(message: unknown): void {
  const { request } = message as { request: { readonly method?: unknown } };
  const record = attemptUnderWay();
  // A proxy's CONNECT carries nothing of the request.
  if (isWireRecord(record) && request.method !== 'CONNECT') record.begun.add(request);
}

/** Runs `send` and sees what requests are begun in it. */
export function watchWire<T>(send: () => T): { readonly sending: T; readonly record: WireRecord } {
  const record: WireRecord = { over: false, begun: new Set() };
  return { sending: runAttempt(record, send), record };
}

function isWireRecord(mark: AttemptMark | undefined): mark is WireRecord {
  return mark !== undefined && 'begun' in mark;
}

/**
 * What is known of an attempt that failed with `error`. `no` is a proof: the request of the error was
 * the only one, it was not redirected, its connection is gone, and not a byte of it was given to the
 * system (of TLS: the handshake was never over). Where there were several, the error proves nothing.
 */
export function readWire({ begun }: WireRecord, error: unknown): Sent {
  const given = (error as { request?: unknown } | null | undefined)?.request;
  const { _currentRequest, _redirectCount } = (given ?? {}) as Redirectable;
  const request = _currentRequest ?? given;
  const others = [...begun].filter((each) => each !== request);
  if (!(request instanceof ClientRequest)) return others.length > 1 ? 'yes' : 'unknown';
  if (others.length > 0 || (typeof _redirectCount === 'number' && _redirectCount > 0)) return 'yes';
  return readSocket(request.socket as SocketState | null);
}

function readSocket(socket: SocketState | null): Sent {
  if (socket === null) return 'unknown';
  const { encrypted, authorizationError, _bytesDispatched, _secureEstablished } = socket;
  const ifGone = socket.destroyed === true ? 'no' : 'unknown';
  if (encrypted === true) {
    if (_secureEstablished === false) return ifGone;
    // With a certificate that is not trusted the handshake is over, and the error tells of that.
    return _secureEstablished === true && !authorizationError ? 'yes' : 'unknown';
  }
  if (_bytesDispatched === undefined) return 'unknown';
  return _bytesDispatched === 0 ? ifGone : 'yes';
}
