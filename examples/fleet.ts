/**
 * Three workers that share one limit of 20 requests a second through Redis, drawn as a live line each.
 * Redis is killed while they run, and started again: they go on, each at its share.
 *
 *     pnpm build && node examples/dist/fleet.js
 */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
// ---- What each worker does: copy from here on. ----
import { definePolicy } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { createRedisLimiter } from '@forbear/limiter/redis';
import { flexai } from '@forbear/providers';
import { fakeProvider } from '@forbear/testing/node';

async function work(redis: string, baseURL: string): Promise<void> {
  // Every process that has the same Redis and the same API key shares this limit.
  const limiter = createRedisLimiter({
    redis, // yours: process.env.REDIS_URL
    limits: [{ unit: 'requests', amount: 20, perMs: 1000 }],
    maxConcurrent: 10,
    assumedPeers: 3, // how many there are usually, for a start without Redis
  });
  const policy = definePolicy({ provider: flexai, limiter });
  policy.events.on('fleet', ({ state }) => process.send?.(state));
  const fetch = createFetch({ policy });

  const ask = async () => {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-example', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'my-model', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    if (response.ok) process.send?.('answered');
    await response.arrayBuffer();
  };
  // As many at a time as there are answers to wait for; the limiter paces them.
  let isOver = false;
  process.on('message', () => {
    isOver = true;
  });
  const askOn = async () => {
    while (!isOver) await ask();
  };
  await Promise.all(Array.from({ length: 10 }, askOn));
  // Lets go of Redis, when nobody waits any more.
  await limiter.drain();
  process.disconnect?.();
}

// ---- The rest starts a Redis, a fake provider and the workers, breaks Redis, and draws. ----
const WORKERS = 3;

interface Worker {
  readonly child: ChildProcess;
  answered: number;
  isAlone: boolean;
}

async function main(): Promise<void> {
  if (spawnSync('redis-server', ['--version']).error) {
    console.log('This needs redis-server: apt-get install redis-server, or brew install redis.');
    return;
  }
  await using provider = await fakeProvider();
  const port = await findPort();
  let redis = startRedis(port);
  const workers = Array.from({ length: WORKERS }, () =>
    startWorker(`redis://127.0.0.1:${port}`, provider.baseURL),
  );
  const state = { redis: 'up' };
  while (workers.some(({ answered }) => answered === 0)) await sleep(50);
  for (const worker of workers) worker.answered = 0;
  const stopDrawing = draw(workers, state);
  await sleep(4000);
  state.redis = 'killed';
  redis.kill('SIGKILL');
  await sleep(3000);
  state.redis = 'up again, and empty';
  redis = startRedis(port);
  await sleep(5000);
  const exits = workers.map(({ child }) => once(child, 'exit'));
  for (const { child } of workers) child.send('stop');
  await Promise.all(exits);
  stopDrawing();
  redis.kill('SIGKILL');
  const refused = provider.requests.filter(({ status }) => status !== 200).length;
  console.log(`${provider.requests.length} requests, ${refused} of them refused, none lost.`);
}

function startRedis(port: number): ChildProcess {
  return spawn('redis-server', ['--port', String(port), '--save', ''], { stdio: 'ignore' });
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function startWorker(redis: string, baseURL: string): Worker {
  const child = fork(fileURLToPath(import.meta.url), [redis, baseURL]);
  const worker: Worker = { child, answered: 0, isAlone: false };
  child.on('message', (said) => {
    if (said === 'answered') worker.answered++;
    else worker.isAlone = said === 'lost';
  });
  return worker;
}

/** Draws a line for each worker, once a second: over the old ones, on a terminal. */
function draw(workers: readonly Worker[], state: { readonly redis: string }): () => void {
  let lines = 0;
  const timer = setInterval(() => {
    if (process.stdout.isTTY && lines > 0) process.stdout.write(`\x1b[${lines}A\x1b[J`);
    const counts = workers.map(({ answered }) => answered);
    const drawn = workers.map((worker, index) => {
      const count = counts[index] ?? 0;
      const how = worker.isAlone ? 'by itself' : 'through Redis';
      worker.answered = 0;
      return `worker ${index + 1}  ${'■'.repeat(count).padEnd(21)} ${String(count).padStart(2)}/s  ${how}`;
    });
    const together = counts.reduce((sum, count) => sum + count, 0);
    drawn.push(`together  ${together}/s, Redis is ${state.redis}`, '');
    console.log(drawn.join('\n'));
    lines = drawn.length;
  }, 1000);
  return () => clearInterval(timer);
}

const [redis, baseURL] = process.argv.slice(2);
await (redis === undefined || baseURL === undefined ? main() : work(redis, baseURL));
