import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { testCertificate } from '@forbear/testing/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NetworkError, readNetworkError } from './network-error.js';

type Phase = NetworkError['phase'];

function coded(code: string | number, syscall?: string, message = String(code)): Error {
  return Object.assign(new Error(message), { code }, syscall === undefined ? {} : { syscall });
}

function fetchFailed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

describe('real errors of Node', () => {
  const ports: Record<string, number> = {};
  const servers: net.Server[] = [];

  async function listen(name: string, server: net.Server): Promise<void> {
    servers.push(server.listen(0, '127.0.0.1'));
    await new Promise((resolve) => server.once('listening', resolve));
    ports[name] = (server.address() as AddressInfo).port;
  }

  const answerBytes = (bytes: string) =>
    net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes));
    });

  beforeAll(async () => {
    const closed = net.createServer();
    await listen('closed', closed);
    await new Promise((resolve) => closed.close(resolve));
    await listen(
      'plain',
      http.createServer((_, response) => response.end('ok')),
    );
    await listen(
      'selfSigned',
      https.createServer(testCertificate, (_, response) => response.end()),
    );
    await listen('silent', answerBytes(''));
    await listen('junk', answerBytes('junk\r\n\r\n'));
    await listen('half', answerBytes('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    await listen(
      'reset',
      net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    );
    await listen(
      'tlsCut',
      net.createServer((socket) => socket.destroy()),
    );
  });

  afterAll(() => Promise.all(servers.map((server) => new Promise((done) => server.close(done)))));

  function byFetch(url: string, init?: RequestInit): Promise<unknown> {
    return fetch(url, init)
      .then((response) => response.text())
      .catch((error) => error);
  }

  function byHttp(url: string): Promise<unknown> {
    const { get } = url.startsWith('https') ? https : http;
    return new Promise((resolve) => {
      get(url, { agent: false }, (response) => response.on('error', resolve).resume()).on(
        'error',
        resolve,
      );
    });
  }

  test.each<[string, string, Phase, Phase]>([
    ['a port where nobody listens', 'http closed', 'connect', 'connect'],
    ['a certificate that nobody signed', 'https selfSigned', 'connect', 'connect'],
    ['a server that is reset', 'http reset', 'broken', 'broken'],
    ['a server that hangs up', 'http silent', 'broken', 'broken'],
    ['an answer that is no HTTP', 'http junk', 'broken', 'broken'],
    ['an answer that ends early', 'http half', 'broken', 'broken'],
    ['a handshake that is cut', 'https tlsCut', 'broken', 'broken'],
    // node:http gives EPROTO here, which a connection in use can give too.
    ['TLS towards a server without it', 'https plain', 'connect', 'broken'],
  ])('%s is read from fetch and from node:http', async (_, target, asFetch, asHttp) => {
    const [scheme, name = ''] = target.split(' ');
    const url = `${scheme}://127.0.0.1:${ports[name]}/`;
    const errors = [await byFetch(url), await byHttp(url)];
    expect(errors).toEqual([expect.any(Error), expect.any(Error)]);
    expect(errors.map((error) => readNetworkError(error).phase)).toEqual([asFetch, asHttp]);
  });

  test('a refused connection is told with its code', async () => {
    const error = await byFetch(`http://127.0.0.1:${ports.closed}/`);
    expect(readNetworkError(error)).toEqual({ phase: 'connect', code: 'ECONNREFUSED' });
  });

  test('happy eyeballs that were all refused never connected', async () => {
    const error = await new Promise((resolve) => {
      const lookup = (_host: string, _options: object, callback: (...given: unknown[]) => void) =>
        callback(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.2', family: 4 },
        ]);
      const options = { host: 'two.test', port: ports.closed ?? 0, lookup, autoSelectFamily: true };
      net.connect(options as net.TcpNetConnectOpts).on('error', resolve);
    });
    expect(error).toBeInstanceOf(AggregateError);
    expect(readNetworkError(error)).toEqual({ phase: 'connect', code: 'ECONNREFUSED' });
    expect(readNetworkError(fetchFailed(error)).phase).toBe('connect');
  });

  test.each<[string, string, RequestInit, Phase]>([
    ['an invalid URL', 'no url', {}, 'mistake'],
    ['an invalid method', 'http://127.0.0.1/', { method: 'A B' }, 'mistake'],
    ['an invalid header', 'http://127.0.0.1/', { headers: { 'a b': '' } }, 'mistake'],
    ['an aborted signal', 'http://127.0.0.1/', { signal: AbortSignal.abort() }, 'abort'],
  ])('%s given to fetch is no trouble of the network', async (_, url, init, phase) => {
    expect(readNetworkError(await byFetch(url, init)).phase).toBe(phase);
  });
});

describe('codes', () => {
  test.each<[Phase, (readonly [string, string?])[]]>([
    [
      'connect',
      [
        ['ECONNREFUSED'],
        ['ECONNREFUSED', 'connect'],
        ['ENOTFOUND', 'getaddrinfo'],
        ['EAI_AGAIN'],
        ['EAI_NODATA', 'getaddrinfo'],
        ['ETIMEDOUT', 'connect'],
        ['EHOSTUNREACH', 'connect'],
        ['ENETUNREACH', 'connect'],
        ['ECONNRESET', 'connect'],
        ['EADDRNOTAVAIL', 'connect'],
        ['ETIMEOUT', 'queryA'],
        ['ESERVFAIL', 'queryAaaa'],
        ['UND_ERR_CONNECT_TIMEOUT'],
        ['DEPTH_ZERO_SELF_SIGNED_CERT'],
        ['SELF_SIGNED_CERT_IN_CHAIN'],
        ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
        ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
        ['CERT_HAS_EXPIRED'],
        ['ERR_TLS_CERT_ALTNAME_INVALID'],
        ['ERR_SSL_WRONG_VERSION_NUMBER'],
      ],
    ],
    [
      'timeout',
      [
        ['ETIMEDOUT'],
        ['ETIMEDOUT', 'read'],
        ['ESOCKETTIMEDOUT'],
        ['UND_ERR_HEADERS_TIMEOUT'],
        ['UND_ERR_BODY_TIMEOUT'],
      ],
    ],
    [
      'broken',
      [
        ['ECONNRESET'],
        ['ECONNRESET', 'read'],
        ['EPIPE', 'write'],
        ['EPROTO', 'write'],
        ['ECONNABORTED'],
        ['EHOSTUNREACH', 'read'],
        ['UND_ERR_SOCKET'],
        ['UND_ERR_INFO'],
        ['UND_ERR_DESTROYED'],
        ['UND_ERR_CLOSED'],
        ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
        ['HPE_INVALID_CONSTANT'],
        ['ERR_STREAM_PREMATURE_CLOSE'],
        ['ERR_HTTP2_STREAM_ERROR'],
        ['ERR_HTTP2_GOAWAY_SESSION'],
        ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
      ],
    ],
    [
      'mistake',
      [
        ['ERR_INVALID_URL'],
        ['ERR_INVALID_ARG_TYPE'],
        ['UND_ERR_INVALID_ARG'],
        ['UND_ERR_NOT_SUPPORTED'],
      ],
    ],
    ['other', [['EOTHER'], ['ECONNREFUSED2'], ['XENOTFOUND'], ['econnrefused'], ['']]],
  ])('%s is what these are, by themselves and as a cause', (phase, codes) => {
    for (const [code, syscall] of codes) {
      const error = coded(code, syscall);
      const read = readNetworkError(error);
      expect(read.phase, `${code} ${syscall}`).toBe(phase);
      if (phase === 'other') continue;
      expect(readNetworkError(fetchFailed(error))).toEqual(read);
      expect(readNetworkError(new Error('a', { cause: fetchFailed(error) }))).toEqual(read);
      expect(read.code).toBe(code);
    }
  });

  test('only a mistake in the arguments proves by itself that no request was made', () => {
    expect(readNetworkError(coded('ERR_INVALID_URL')).unsent).toBe(true);
    expect(readNetworkError(new TypeError('x.map is not a function')).unsent).toBeUndefined();
    expect(readNetworkError(coded('ECONNREFUSED', 'connect')).unsent).toBeUndefined();
  });

  test('the refused stream is known by its text, since its code is shared', () => {
    const text = 'Stream closed with error code NGHTTP2_REFUSED_STREAM';
    const code = 'ERR_HTTP2_STREAM_ERROR';
    const error = coded(code, undefined, text);
    expect(readNetworkError(error)).toEqual({ phase: 'refused-stream', code });
    expect(readNetworkError(fetchFailed(error))).toEqual({ phase: 'refused-stream', code });
    expect(
      readNetworkError(coded(code, undefined, text.replace('REFUSED_STREAM', 'CANCEL'))).phase,
    ).toBe('broken');
  });

  test('the deepest cause that says something holds over a broken connection above it', () => {
    const above = Object.assign(coded('UND_ERR_SOCKET'), {
      cause: coded('ECONNREFUSED', 'connect'),
    });
    expect(readNetworkError(above).phase).toBe('connect');
    const silent = Object.assign(coded('ECONNRESET'), { cause: new Error('silent') });
    expect(readNetworkError(silent)).toEqual({ phase: 'broken', code: 'ECONNRESET' });
  });

  test('a code is cut, since it goes into logs', () => {
    const error = Object.assign(coded('X'.repeat(500), 'connect'));
    expect(readNetworkError(error).code).toHaveLength(64);
  });
});

describe('several errors at once, as happy eyeballs gives them', () => {
  const refused = coded('ECONNREFUSED', 'connect');
  const timedOut = coded('ETIMEDOUT', 'connect');
  const reset = coded('ECONNRESET', 'read');

  test.each<[string, unknown[], Phase]>([
    ['all refused', [refused, timedOut], 'connect'],
    ['a reset among them', [refused, reset], 'broken'],
    ['a reset before them', [reset, refused], 'broken'],
    ['one that is not known', [refused, new Error('odd')], 'other'],
    ['something that is no error', [refused, null], 'other'],
    ['a timeout of a connection in use', [refused, coded('ETIMEDOUT', 'read')], 'timeout'],
    ['those of others in them', [refused, new AggregateError([refused, reset])], 'broken'],
    ['only refused ones in them', [refused, new AggregateError([refused, timedOut])], 'connect'],
  ])('%s', (_, errors, phase) => {
    expect(readNetworkError(new AggregateError(errors)).phase).toBe(phase);
    expect(readNetworkError(fetchFailed(new AggregateError(errors))).phase).toBe(phase);
  });

  test('one of them was doubtful, so the code of the whole proves nothing', () => {
    const error = Object.assign(new AggregateError([refused, reset]), { code: 'ECONNREFUSED' });
    expect(readNetworkError(error)).toEqual({ phase: 'broken', code: 'ECONNRESET' });
  });

  test('none of them says nothing', () => {
    expect(readNetworkError(new AggregateError([])).phase).toBe('other');
    const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(readNetworkError(error).phase).toBe('connect');
  });
});

describe('errors without a code', () => {
  test.each<[string, Error]>([
    ['Chrome', new TypeError('Failed to fetch')],
    ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['Safari', new TypeError('Load failed')],
    ['Node', new TypeError('fetch failed')],
    ['Node, in a body', new TypeError('terminated')],
  ])('the TypeError of %s is the network, not a mistake', (_, error) => {
    // Safari's has no stack, by which it is told from a mistake.
    delete error.stack;
    expect(readNetworkError(error)).toEqual({ phase: 'broken' });
  });

  test.each([
    new TypeError('x is not a function'),
    new ReferenceError('x is not defined'),
    new SyntaxError('Unexpected token'),
    new RangeError('Invalid array length'),
  ])('%s is a mistake of the program', (error) => {
    expect(readNetworkError(error)).toEqual({ phase: 'mistake' });
  });

  test.each(['bad port', 'unknown scheme', 'unexpected redirect', 'redirect count exceeded'])(
    'what fetch refuses for good is a mistake: %s',
    (message) => {
      expect(readNetworkError(fetchFailed(new Error(message)))).toEqual({ phase: 'mistake' });
    },
  );

  test('a DOMException is known by its name; its code is a number and says nothing', () => {
    expect(readNetworkError(new DOMException('m', 'AbortError'))).toEqual({ phase: 'abort' });
    expect(readNetworkError(new DOMException('m', 'TimeoutError'))).toEqual({ phase: 'timeout' });
    expect(readNetworkError(new DOMException('m', 'DataCloneError'))).toEqual({ phase: 'other' });
  });

  test.each([undefined, null, 'ECONNREFUSED', 5, Symbol('s'), {}, new Error('odd')])(
    '%o is not known',
    (thrown) => {
      expect(readNetworkError(thrown)).toEqual({ phase: 'other' });
    },
  );
});

describe('errors made to harm', () => {
  test('a circle of causes ends', () => {
    const error = new Error('a') as Error & { cause: unknown };
    error.cause = new Error('b', { cause: error });
    expect(readNetworkError(error)).toEqual({ phase: 'other' });
  });

  test('a circle of errors ends', () => {
    const error = Object.assign(new Error('a'), { errors: [] as unknown[] });
    error.errors.push(error, error);
    expect(readNetworkError(error).phase).toBe('other');
  });

  test('a cause that lies deeper than nine levels is not read', () => {
    const nest = (levels: number) => {
      let error: Error = coded('ECONNREFUSED', 'connect');
      for (let level = 0; level < levels; level++) error = new Error('a', { cause: error });
      return error;
    };
    expect(readNetworkError(nest(8)).phase).toBe('connect');
    expect(readNetworkError(nest(9)).phase).toBe('other');
  });

  test('a getter that throws, or a proxy, tells nothing', () => {
    const thrower = () => {
      throw new Error('hostile');
    };
    for (const property of ['code', 'syscall', 'message', 'cause', 'errors', 'name']) {
      const error = Object.defineProperty({}, property, { get: thrower });
      expect(readNetworkError(error)).toEqual({ phase: 'other' });
    }
    expect(readNetworkError(new Proxy({}, { get: thrower }))).toEqual({ phase: 'other' });
  });
});
