import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import type { Connection, Incoming, Reply } from './exchange.js';
import type { FakeProviderOptions } from './options.js';

/** What answers a request. */
export type OnRequest = (incoming: Incoming, reply: Reply, connection: Connection) => void;

/** The server's own time limits would go by the real clock, so there are none. */
const NO_TIMEOUTS = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };

const HOST = '127.0.0.1';

function createServer(
  tls: FakeProviderOptions['tls'],
  onRequest: (incoming: Incoming & { readonly socket: Socket }, reply: Reply) => void,
): Server {
  if (tls === undefined) return createHttpServer(NO_TIMEOUTS, onRequest);
  const { key, cert, http2 = false } = tls;
  return http2
    ? createSecureServer({ key, cert, allowHTTP1: true }, onRequest)
    : createHttpsServer({ key, cert, ...NO_TIMEOUTS }, onRequest);
}

/** The listening socket and its connections. */
export class Listener {
  readonly #server: Server;
  /** Open connections by the client's port: below TLS and HTTP/2, where they can be destroyed. */
  readonly #sockets = new Map<number, Socket>();
  #accepted = 0;
  #port = 0;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(onRequest: OnRequest, tls: FakeProviderOptions['tls']) {
    this.#server = createServer(tls, (incoming, reply) => {
      onRequest(incoming, reply, this.#connectionOf(incoming.socket.remotePort ?? -1));
    });
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections were accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** Listens, always on the same port once it has one. */
  listen(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Stops listening and destroys every connection. */
  async stop(): Promise<void> {
    if (this.#opening !== undefined) await this.#opening;
    this.#closing ??= new Promise<void>((resolve) => {
      this.#server.close(() => {
        this.#closing = undefined;
        resolve();
      });
      this.closeIdle(new Set());
    });
    await this.#closing;
  }

  /** Destroys the connections that are not among the busy ones. */
  closeIdle(busy: ReadonlySet<number>): void {
    for (const [id, socket] of this.#sockets) {
      if (busy.has(id)) continue;
      socket.destroy();
      this.#sockets.delete(id);
    }
  }

  async #open(): Promise<void> {
    await this.#closing;
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, HOST, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  #track(socket: Socket): void {
    const id = socket.remotePort;
    this.#accepted += 1;
    if (id === undefined) return;
    this.#sockets.set(id, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#sockets.get(id) === socket) this.#sockets.delete(id);
    });
  }

  #connectionOf(id: number): Connection {
    const socket = this.#sockets.get(id);
    return {
      id,
      destroy: (reset = false) => (reset ? socket?.resetAndDestroy() : socket?.destroy()),
    };
  }
}
