/**
 * One process of a fleet: makes calls to a provider as fast as a limiter through Redis lets it, until
 * it is told to stop. Started by fleet-run.ts.
 */
import { definePolicy } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import type { LimitOptions } from '@forbear/limiter';
import { createRedisLimiter } from '@forbear/limiter/redis';
import { flexai } from '@forbear/providers';

export interface WorkerConfig {
  readonly number: number;
  readonly redis: string;
  readonly baseURL: string;
  readonly limits: readonly LimitOptions[];
  /** Calls that it has under way or waiting. */
  readonly callers: number;
  /** Bytes of the prompts on average; their sizes differ. @default 40 */
  readonly promptBytes?: number;
  /** How far its clock is ahead, in milliseconds. */
  readonly aheadMs?: number;
}

/** What it tells the process that started it. */
export type WorkerReport =
  | { readonly type: 'started' }
  | { readonly type: 'fleet'; readonly state: 'lost' | 'back'; readonly because?: string }
  | {
      readonly type: 'stopped';
      readonly made: number;
      readonly settled: number;
      readonly ok: number;
    };

const config: WorkerConfig = JSON.parse(process.argv[2] ?? '{}');
const { number, redis, baseURL, limits, callers, promptBytes = 40, aheadMs = 0 } = config;

if (aheadMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + aheadMs;
}

const tell = (report: WorkerReport) => process.send?.(report);

const limiter = createRedisLimiter({ redis, limits, maxConcurrent: 100 });
const policy = definePolicy({ provider: flexai, limiter });
policy.events.on('fleet', ({ state, because }) => {
  tell({ type: 'fleet', state, ...(because !== undefined && { because }) });
});
const fetch = createFetch({ policy });

let isOver = false;
let made = 0;
let settled = 0;
let ok = 0;

async function call(): Promise<void> {
  made++;
  // From a fifth to nine fifths of the average, the same in every run.
  const size = Math.ceil(promptBytes * (0.2 + 1.6 * ((made * 0.618 + number * 0.37) % 1)));
  const content = 'x'.repeat(size);
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-fleet', 'x-call-id': `${number}-${made}` },
    body: JSON.stringify({ model: 'test', max_tokens: 8, messages: [{ role: 'user', content }] }),
  }).catch(() => undefined);
  await response?.arrayBuffer();
  settled++;
  if (response?.ok) ok++;
}

async function callOn(): Promise<void> {
  while (!isOver) await call();
}

process.on('message', () => {
  isOver = true;
});

await call();
tell({ type: 'started' });
await Promise.all(Array.from({ length: callers }, callOn));
tell({ type: 'stopped', made, settled, ok });
await limiter.drain();
process.disconnect?.();
