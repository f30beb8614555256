import type { IncomingHttpHeaders } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import { type Answer, halve, lowerCased } from './answer.js';
import type { Timers } from './provider-clock.js';

/** A request as node:http and node:http2 both give it. */
export interface Incoming extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** An answer as node:http and node:http2 both write it. */
export interface Reply extends Writable {
  statusCode: number;
  sendDate: boolean;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

/** The connection that a request came on. */
export interface Connection {
  readonly id: number;
  /** Closes it at once; a `reset` is a TCP RST. */
  destroy(reset?: boolean): void;
}

/** One request and its answer, on the wire. */
export class Exchange {
  readonly incoming: Incoming;
  readonly connection: Connection;
  /** Told of each answer before its head is sent; may add headers. */
  onHead: (answer: Answer) => Answer = (answer) => answer;
  readonly #reply: Reply;
  readonly #timers: Timers;
  readonly #whenClosed: Promise<void>;
  #closed = false;
  #waits = 0;

  constructor(incoming: Incoming, reply: Reply, connection: Connection, timers: Timers) {
    this.incoming = incoming;
    this.connection = connection;
    this.#reply = reply;
    this.#timers = timers;
    this.#whenClosed = new Promise((resolve) => {
      reply.once('close', () => {
        this.#closed = true;
        resolve();
      });
    });
    // A client may leave at any time; that is not an error of ours.
    incoming.on('error', () => {});
    reply.on('error', () => {});
  }

  /** Whether it waits for the clock, or for the client to leave. */
  get isWaiting(): boolean {
    return this.#waits > 0;
  }

  get whenClosed(): Promise<void> {
    return this.#whenClosed;
  }

  /** The whole body, or `undefined` if the client left before its end. */
  async readBody(): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.incoming) chunks.push(Buffer.from(chunk));
    } catch {
      return undefined;
    }
    return Buffer.concat(chunks);
  }

  /** Waits `ms` milliseconds, whether or not the client stays. */
  async wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    this.#waits += 1;
    await new Promise<void>((resolve) => this.#timers.set(resolve, ms));
    this.#waits -= 1;
  }

  /** Waits `ms` milliseconds (may be `Infinity`) or until the client leaves; tells if it is here. */
  async linger(ms: number): Promise<boolean> {
    this.#waits += 1;
    await new Promise<void>((resolve) => {
      const cancel = ms === Number.POSITIVE_INFINITY ? () => {} : this.#timers.set(resolve, ms);
      void this.#whenClosed.then(() => {
        cancel();
        resolve();
      });
    });
    this.#waits -= 1;
    return !this.#closed;
  }

  send(answer: Answer): void {
    if (this.#closed) return;
    this.#writeHead(answer);
    this.#finish(answer.chunks);
  }

  /** Sends the head and half of the body. Resolves with a function that sends the rest. */
  async sendHalf(answer: Answer): Promise<() => void> {
    if (this.#closed) return () => {};
    const [first, second] = halve(answer.chunks);
    this.#writeHead(answer);
    const written = new Promise<void>((resolve) => {
      this.#reply.write(Buffer.concat(first), () => resolve());
    });
    await Promise.race([written, this.#whenClosed]);
    return () => this.#finish(second);
  }

  /** HTTP/2: GOAWAY that counts this stream as processed; then the connection is closed. */
  goAway(): void {
    const stream = this.#reply instanceof Http2ServerResponse ? this.#reply.stream : undefined;
    const session = stream?.session;
    if (stream?.id !== undefined) session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
    setImmediate(() => this.connection.destroy());
  }

  /** HTTP/2: RST_STREAM; with HTTP/1.1 the connection is closed. */
  resetStream(code: number): void {
    if (this.#reply instanceof Http2ServerResponse) this.#reply.stream.close(code);
    else this.connection.destroy();
  }

  #writeHead(planned: Answer): void {
    const { status, headers } = this.onHead(planned);
    this.#reply.statusCode = status;
    this.#reply.sendDate = false;
    for (const [name, value] of Object.entries(lowerCased(headers))) {
      this.#reply.setHeader(name, value);
    }
  }

  #finish(chunks: readonly (string | Buffer)[]): void {
    if (this.#closed) return;
    for (const chunk of chunks) this.#reply.write(chunk);
    this.#reply.end();
  }
}
