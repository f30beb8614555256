import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';

/** Why no Redis can be started here; absent: one can. */
export const NO_REDIS: string | undefined = spawnSync('redis-server', ['--version']).error
  ? 'redis-server is not installed (apt-get install redis-server)'
  : undefined;

export interface RedisServerOptions {
  /** Whether it keeps its data over a restart, by an append-only file. @default false */
  readonly keepsData?: boolean;
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
}

/** A redis-server of our own, on a free port of this machine. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  static async start({ keepsData = false, args = [] }: RedisServerOptions = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'forbear-redis-'));
    const port = await findFreePort();
    const aof = ['--appendonly', keepsData ? 'yes' : 'no', '--appendfsync', 'always'];
    const server = new RedisServer(port, folder, [...aof, ...args]);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /** Starts it again after `kill`. */
  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', HOST, '--save', '', '--dir', this.#folder];
    const child = spawn('redis-server', [...own, ...this.#args], { stdio: 'ignore' });
    this.#child = child;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      await sleep(10);
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** It hangs: connections stay, nothing is answered. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** It goes on after `hang`. */
  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A port that no outgoing connection is given while the server on it is down, and nor is the one 10,000
 * above it, on which nodes of a cluster speak.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, HOST);
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}

/** Whether something takes connections and answers PING, with or without a password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write('PING\r\n'));
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(500, () => end(false));
    socket.on('error', () => end(false));
    socket.on('data', (data) => end(/^(\+PONG|-NOAUTH)/.test(String(data))));
  });
}
