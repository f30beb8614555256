import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

/** Passes connections on to a port of this machine, and can lose everything that is sent. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: { isLosing: boolean };

  private constructor(server: Server, sockets: Set<Socket>, state: { isLosing: boolean }) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port is free');
    this.port = address.port;
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
  }

  static async to(port: number): Promise<TcpProxy> {
    const sockets = new Set<Socket>();
    const state = { isLosing: false };
    const server = createServer((near) => {
      const far = connect(port, HOST);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.on('data', (data) => {
          if (!state.isLosing) other.write(data);
        });
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    }).listen(0, HOST);
    await once(server, 'listening');
    return new TcpProxy(server, sockets, state);
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /** From now on nothing that is sent arrives, though connections stay and new ones are taken. */
  lose(): void {
    this.#state.isLosing = true;
  }

  /** From now on what is sent arrives again; what was lost stays lost. */
  pass(): void {
    this.#state.isLosing = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
