import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LimitOptions } from '@forbear/limiter';
import { type FakeProvider, type FakeProviderOptions, fakeProvider } from '@forbear/testing/node';
import { Course } from './course.js';
import type { WorkerConfig, WorkerReport } from './fleet-worker.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const WORKER = join(basename(HERE) === 'dist' ? HERE : join(HERE, 'dist'), 'fleet-worker.js');

/** How long all has to run before it is measured: each process has to know of the others. */
const WARM_UP_MS = 1500;
/** How long calls may take to settle after no more are made. */
const SETTLE_MS = 20_000;

export interface FleetOptions {
  /** URL of the Redis. */
  readonly redis: string;
  readonly limits: readonly LimitOptions[];
  /** How long it is measured, in milliseconds. */
  readonly ms: number;
  /** @default 3 */
  readonly workers?: number;
  /** @default 20 */
  readonly callers?: number;
  readonly promptBytes?: number;
  /** How far the clock of the first worker is ahead, in milliseconds. */
  readonly aheadMs?: number;
  readonly server?: FakeProviderOptions;
  /** What is done to them while it is measured. */
  readonly trouble?: (fleet: Fleet) => Promise<void>;
}

/** A fleet under way. */
export interface Fleet {
  readonly provider: FakeProvider;
  /** Ends a worker as a crash would. */
  killWorker(number: number): void;
}

/** Runs processes that call one provider as fast as they may, and gives the course of it. */
export async function runFleet(options: FleetOptions): Promise<Course> {
  const { workers = 3, callers = 20, aheadMs = 0, redis, limits, promptBytes } = options;
  await using provider = await fakeProvider(options.server);
  const crew = Array.from({ length: workers }, (_, number) =>
    startWorker({
      number,
      redis,
      baseURL: provider.baseURL,
      limits,
      callers,
      ...(promptBytes !== undefined && { promptBytes }),
      ...(number === 0 && { aheadMs }),
    }),
  );
  try {
    await Promise.all(crew.map(({ started }) => started));
    await sleep(WARM_UP_MS);
    const fromMs = Date.now();
    const killed = new Set<number>();
    const trouble = options.trouble?.({
      provider,
      killWorker(number) {
        killed.add(number);
        crew[number]?.child.kill('SIGKILL');
      },
    });
    await Promise.all([sleep(options.ms), trouble]);
    const toMs = Date.now();
    const left = crew.filter((_, number) => !killed.has(number));
    for (const { child } of left) child.send('stop');
    const reports = await Promise.all(left.map(({ stopped }) => stopped));
    const events = crew.map((each) => each.events);
    return new Course({ requests: provider.requests, fromMs, toMs, reports, events });
  } finally {
    for (const { child } of crew) child.kill('SIGKILL');
  }
}

/** What became of the calls of a worker; `undefined`: not all of them settled. */
export type WorkerEnd = { readonly made: number; readonly settled: number; readonly ok: number };

interface Worker {
  readonly child: ChildProcess;
  readonly started: Promise<void>;
  readonly stopped: Promise<WorkerEnd | undefined>;
  readonly events: string[];
}

function startWorker(config: WorkerConfig): Worker {
  // Without the conditions of a test runner, since it runs what is built.
  const child = fork(WORKER, [JSON.stringify(config)], { execArgv: [] });
  const events: string[] = [];
  let start = () => {};
  let stop: (end: WorkerEnd | undefined) => void = () => {};
  const started = new Promise<void>((resolve, reject) => {
    start = resolve;
    void once(child, 'exit').then(() => reject(new Error('a worker ended before it had started')));
  });
  const stopped = new Promise<WorkerEnd | undefined>((resolve) => {
    stop = resolve;
  });
  child.on('message', (report: WorkerReport) => {
    if (report.type === 'started') start();
    else if (report.type === 'fleet') events.push(report.because ?? report.state);
    else stop(report);
  });
  const settled = stopped.then((end) => end);
  return {
    child,
    started,
    get stopped() {
      const late = sleep(SETTLE_MS, undefined, { ref: false }).then(() => undefined);
      return Promise.race([settled, late]);
    },
    events,
  };
}
