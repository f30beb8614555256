/**
 * What a limiter costs, beside peers, in one run:
 *
 *     npx -y pnpm@12 bench
 *
 * Each contender runs work that does nothing, ten at once: one after the other, a hundred at a time, and
 * ten and a hundred thousand queued at once. Then it keeps a hundred thousand waiting, to be weighed.
 * Each has a process of its own, as in real life, where nobody uses five queues at once. Bottleneck takes
 * milliseconds for each, so it gets fewer.
 */
import { execFileSync } from 'node:child_process';
import {
  type Applicant,
  definePolicy,
  execute,
  genericProfile,
  type Lane,
  type LaneAdmission,
  type LaneContext,
} from '@forbear/core';
import { createLimiter } from '@forbear/limiter';
import Bottleneck from 'bottleneck';
import pLimit from 'p-limit';
import PQueue from 'p-queue';

const ROUNDS = 5;
const MOST = 100_000;
const AT_ONCE = 10;

type Work = () => Promise<unknown>;
type Run = (work: Work) => Promise<unknown>;

const nothing: Work = async () => undefined;

/** The queue of a limiter alone, without the engine around it. */
function laneOf(limiter: ReturnType<typeof createLimiter>): Lane {
  const { gates, events, clock } = definePolicy();
  const gate: LaneContext['gate'] = gates.of('bench').gate;
  return limiter.laneOf({
    key: 'bench',
    label: 'bench',
    gate,
    clock,
    profile: genericProfile,
    events,
  });
}

const END = { facts: { status: 200 } };
const ASKED = {};
let turns = 0;

/** Work that goes through a lane, as a caller of it would write that. */
class Job implements Applicant {
  readonly number = ++turns;
  readonly limitAtMs = Number.POSITIVE_INFINITY;
  readonly signal = undefined;
  readonly isRetry = false;
  readonly keepsPlace = false;
  readonly maxHoldMs = 120_000;
  readonly call = ASKED;
  readonly onQueued = undefined;
  readonly #lane: Lane;
  readonly #work: Work;
  readonly #resolve: (value: unknown) => void;

  constructor(lane: Lane, work: Work, resolve: (value: unknown) => void) {
    this.#lane = lane;
    this.#work = work;
    this.#resolve = resolve;
  }

  tell(said: LaneAdmission): void {
    this.#resolve(this.#run(said));
  }

  async #run(said: LaneAdmission): Promise<unknown> {
    if (said.kind !== 'admitted') throw new Error(said.kind);
    const value = await this.#work();
    this.#lane.leave(said.lanePermit, END);
    return value;
  }
}

function throughLane(options: Parameters<typeof createLimiter>[0]): Run {
  const lane = laneOf(createLimiter(options));
  return (work) =>
    new Promise((resolve) => {
      const job = new Job(lane, work, resolve);
      const said = lane.enter(job);
      if (said !== undefined) job.tell(said);
    });
}

function throughExecute(limiter: ReturnType<typeof createLimiter> | undefined): Run {
  const policy = definePolicy({ limiter });
  return (work) => execute(work, policy, {});
}

const contenders: Readonly<Record<string, () => Run>> = {
  'the bare work': () => (work) => work(),
  'lane, nothing configured': () => throughLane({}),
  'lane, 10 at once': () => throughLane({ maxConcurrent: AT_ONCE }),
  'lane, limits': () =>
    throughLane({
      maxConcurrent: AT_ONCE,
      limits: [{ unit: 'requests', amount: 1e9, perMs: 1000, shape: 'bucket' }],
    }),
  'execute without a limiter': () => throughExecute(undefined),
  'execute, nothing configured': () => throughExecute(createLimiter()),
  'execute, 10 at once': () => throughExecute(createLimiter({ maxConcurrent: AT_ONCE })),
  'p-queue': () => {
    const queue = new PQueue({ concurrency: AT_ONCE });
    return (work) => queue.add(work);
  },
  'p-queue, limits': () => {
    const queue = new PQueue({ concurrency: AT_ONCE, interval: 1000, intervalCap: 1e9 });
    return (work) => queue.add(work);
  },
  'p-limit': () => {
    const limit = pLimit(AT_ONCE);
    return (work) => limit(work);
  },
  bottleneck: () => {
    const limiter = new Bottleneck({ maxConcurrent: AT_ONCE });
    return (work) => limiter.schedule(work);
  },
};

const isSlow = (name: string) => name === 'bottleneck';

/** Microseconds of this process for each of `count`, `width` at a time; others may use the machine too. */
async function measure(run: Run, count: number, width: number): Promise<number> {
  const start = process.cpuUsage();
  for (let done = 0; done < count; done += width) {
    if (width === 1) await run(nothing);
    else await Promise.all(Array.from({ length: width }, () => run(nothing)));
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

const WIDTHS = [1, 100, 10_000, MOST];

async function best(name: string, make: () => Run, width: number): Promise<number> {
  const count = isSlow(name) ? Math.min(width * 10, 300) : width > 100 ? MOST : 4 * MOST;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (isSlow(name) ? 1 : ROUNDS); round++) {
    globalThis.gc?.();
    least = Math.min(least, await measure(make(), count, Math.min(width, count)));
  }
  return least;
}

/** Bytes of the heap for each that waits, with the promise that its caller holds. */
async function weigh(make: () => Run, count: number): Promise<number> {
  const run = make();
  let end: (value: unknown) => void = () => {};
  const blocked = new Promise((resolve) => {
    end = resolve;
  });
  const running = Array.from({ length: AT_ONCE }, () => run(() => blocked));
  await new Promise((resolve) => setTimeout(resolve, 20));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const waiting: Promise<unknown>[] = new Array(count);
  for (let index = 0; index < count; index++) waiting[index] = run(nothing);
  await new Promise((resolve) => setTimeout(resolve, 20));
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  end(undefined);
  await Promise.all([...running, ...waiting]);
  return bytes;
}

async function row(name: string, make: () => Run): Promise<string> {
  const cells: string[] = [];
  for (const width of WIDTHS) {
    cells.push(isSlow(name) && width > 300 ? '-' : (await best(name, make, width)).toFixed(2));
  }
  const keeps = !name.includes('bare') && !name.includes('nothing') && !name.includes('without');
  cells.push(keeps && !isSlow(name) ? (await weigh(make, MOST)).toFixed(0) : '-');
  return `${cells.map((cell) => cell.padStart(16)).join('')}   ${name}`;
}

const [, script = '', asked] = process.argv;
const contender = contenders[asked ?? ''];
if (asked !== undefined && contender !== undefined) console.log(await row(asked, contender));
else {
  const head = ['one by one', '100', '10,000', '100,000 queued', 'bytes each'];
  console.log(
    `${head.map((each) => each.padStart(16)).join('')}   (µs for each, ${AT_ONCE} at once)`,
  );
  for (const name of Object.keys(contenders)) {
    execFileSync(process.execPath, ['--expose-gc', script, name], { stdio: 'inherit' });
  }
}
