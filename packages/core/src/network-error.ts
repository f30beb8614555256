import isNetworkError from 'is-network-error';

/** What an error says about the connection. */
export interface NetworkError {
  /**
   * `connect`: the connection was never made, so nothing was sent. `refused-stream`: the server did
   * not process the stream. `timeout`, `broken`: something ended it, nobody knows when. `mistake`:
   * the request or the program itself is wrong. `abort`: somebody aborted it. `other`: not known.
   */
  readonly phase:
    | 'connect'
    | 'refused-stream'
    | 'timeout'
    | 'broken'
    | 'mistake'
    | 'abort'
    | 'other';
  readonly code?: string;
  /** Whether the phase alone proves that no request was made. */
  readonly unsent?: true;
}

const CONNECT_SYSCALLS = /^(connect|getaddrinfo|query\w*)$/;

/** Codes that no connection in use can give: name resolution, connect, certificate, handshake. */
const CONNECT_CODES =
  /^(ENOTFOUND|EAI_[A-Z]+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|SSLV3_ALERT_HANDSHAKE_FAILURE|NO_PROTOCOLS_AVAILABLE)|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|CERT_[A-Z_]+|HOSTNAME_MISMATCH|INVALID_CA)$/;

const TIMEOUT_CODES = /^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

const BROKEN_CODES =
  /^(ECONNRESET|ECONNABORTED|EPIPE|EPROTO|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ENOTCONN|ECONNCLOSED|ERR_STREAM_PREMATURE_CLOSE|ERR_NETWORK|ERR_HTTP2_[A-Z_]+|ERR_SSL_[A-Z0-9_]+|HPE_[A-Z_]+|UND_ERR_(SOCKET|INFO|ABORTED|DESTROYED|CLOSED|RESPONSE|REQ_CONTENT_LENGTH_MISMATCH|RES_CONTENT_LENGTH_MISMATCH))$/;

/** What fetch refuses for good, in undici's words: these errors have no code (Fetch, 4.1 to 4.4). */
const MISTAKES: ReadonlySet<unknown> = new Set([
  'bad port',
  'unknown scheme',
  'URL scheme must be a HTTP(S) scheme',
  'unexpected redirect',
  'redirect count exceeded',
]);

const MISTAKE_CODES =
  /^(ERR_INVALID_URL|ERR_INVALID_ARG_(TYPE|VALUE)|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED)$/;

/** Causes and errors nest; a chain that is longer, or a circle, is not read further. */
const MAX_DEPTH = 8;

/**
 * Reads a thrown value by `code` and `syscall` along its `cause` chain and its `errors[]` (as Node's
 * happy eyeballs gives them): only when every one of these failed to connect, nothing was sent.
 */
export function readNetworkError(error: unknown): NetworkError {
  try {
    return readAt(error, 0) ?? readByName(error);
  } catch {
    // A getter of a hostile error threw.
    return { phase: 'other' };
  }
}

function readAt(error: unknown, depth: number): NetworkError | undefined {
  if (!isRecord(error) || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(error.errors) && error.errors.length > 0) {
    const found = error.errors.map((each) => readAt(each, depth + 1));
    const doubtful = found.findIndex((each) => each?.phase !== 'connect');
    return found[Math.max(0, doubtful)] ?? { phase: 'other' };
  }
  const code = typeof error.code === 'string' ? error.code.slice(0, 64) : undefined;
  const withCode = code === undefined ? {} : { code };
  if (typeof error.message === 'string' && error.message.includes('NGHTTP2_REFUSED_STREAM')) {
    return { phase: 'refused-stream', ...withCode };
  }
  if (typeof error.syscall === 'string' && CONNECT_SYSCALLS.test(error.syscall)) {
    return { phase: 'connect', ...withCode };
  }
  if (code !== undefined) {
    if (CONNECT_CODES.test(code)) return { phase: 'connect', code };
    if (TIMEOUT_CODES.test(code)) return { phase: 'timeout', code };
    if (MISTAKE_CODES.test(code)) return { phase: 'mistake', code, unsent: true };
  }
  if (code === undefined && MISTAKES.has(error.message)) return { phase: 'mistake' };
  const deeper = readAt(error.cause, depth + 1);
  if (deeper !== undefined) return deeper;
  return code !== undefined && BROKEN_CODES.test(code) ? { phase: 'broken', code } : undefined;
}

function readByName(error: unknown): NetworkError {
  if (!isRecord(error)) return { phase: 'other' };
  if (error.name === 'TimeoutError') return { phase: 'timeout' };
  if (error.name === 'AbortError') return { phase: 'abort' };
  if (isNetworkError(error)) return { phase: 'broken' };
  return error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    error instanceof RangeError
    ? { phase: 'mistake' }
    : { phase: 'other' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
