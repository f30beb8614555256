import { ClientRequest } from 'node:http';
import { expect, test } from 'vitest';
import { readWire, watchWire } from './wire.node.js';

/** A request whose socket is as given; none is made. */
function requestWith(socket: object | null): ClientRequest {
  return Object.assign(Object.create(ClientRequest.prototype), { socket });
}

const record = () => watchWire(() => undefined).record;
const read = (socket: object | null) => readWire(record(), { request: requestWith(socket) });

test.each<[string, object | null, string]>([
  ['none', null, 'unknown'],
  ['a closed one that wrote nothing', { destroyed: true, _bytesDispatched: 0 }, 'no'],
  ['an open one that wrote nothing yet', { destroyed: false, _bytesDispatched: 0 }, 'unknown'],
  ['one that wrote', { destroyed: true, _bytesDispatched: 1 }, 'yes'],
  ['one of another make', { destroyed: true }, 'unknown'],
  [
    'one of TLS without a handshake',
    { destroyed: true, encrypted: true, _bytesDispatched: 9, _secureEstablished: false },
    'no',
  ],
  [
    'an open one of TLS without a handshake',
    { destroyed: false, encrypted: true, _bytesDispatched: 9, _secureEstablished: false },
    'unknown',
  ],
  [
    'one of TLS after the handshake',
    { destroyed: true, encrypted: true, _bytesDispatched: 0, _secureEstablished: true },
    'yes',
  ],
  [
    'one of TLS whose certificate is not trusted',
    {
      destroyed: true,
      encrypted: true,
      _bytesDispatched: 9,
      _secureEstablished: true,
      authorizationError: 'CERT_HAS_EXPIRED',
    },
    'unknown',
  ],
  [
    'one of TLS of another make',
    { destroyed: true, encrypted: true, _bytesDispatched: 0 },
    'unknown',
  ],
])('of a request with this socket: %s', (_, socket, sent) => {
  expect(read(socket)).toBe(sent);
});

const unsent = () => requestWith({ destroyed: true, _bytesDispatched: 0 });

test('a request behind redirects is looked at itself, and one that was redirected was sent', () => {
  const of = (_redirectCount: number) =>
    readWire(record(), { request: { _currentRequest: unsent(), _redirectCount } });
  expect([of(0), of(1)]).toEqual(['no', 'yes']);
});

test('a request proves nothing where another was begun in its attempt', () => {
  const made = record();
  const request = unsent();
  made.begun.add(request);
  expect(readWire(made, { request })).toBe('no');
  made.begun.add(unsent());
  expect(readWire(made, { request })).toBe('yes');
});

test('without a request of Node, several that were begun say that something was sent', () => {
  const made = record();
  for (const error of [undefined, null, 'text', new Error('x'), { request: {} }]) {
    expect(readWire(made, error)).toBe('unknown');
  }
  made.begun.add({});
  expect(readWire(made, { request: {} })).toBe('unknown');
  made.begun.add({});
  expect(readWire(made, { request: {} })).toBe('yes');
});
