/**
 * What a fleet of processes does that share their limits through one Redis: on its own redis-server,
 * with real sockets, row by row:
 *
 *     npx -y pnpm@12 bench:fleet
 *     node test/bench/dist/fleet.js killed hung
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Course } from './course.js';
import { type FleetOptions, runFleet } from './fleet-run.js';
import { NO_REDIS, RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

const LIMIT = 20;
const PER_SECOND = [{ unit: 'requests', amount: LIMIT, perMs: 1000, shape: 'even' }] as const;
const TOKENS = { amount: 180_000, perMs: 60_000 };
const TOKENS_MS = 80_000;

type Row = () => Promise<string>;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function describe(course: Course): string {
  const told = course.events.map((events) => events.length).join('/');
  return [
    `${course.rate.toFixed(2)}/s`,
    `at most ${course.mostIn(1000)} in a second`,
    `split ${course.split.join('/')} (${percent(course.unevenness)})`,
    `longest gap ${course.longestGapMs.toFixed(0)} ms`,
    `${course.lost} lost`,
    `${told} events`,
  ].join(', ');
}

/** A row in which something is done to Redis. */
function withTrouble(
  trouble: (redis: RedisServer, proxy: TcpProxy) => Promise<void>,
  keepsData = false,
): Row {
  return async () => {
    await using redis = await RedisServer.start({ keepsData });
    await using proxy = await TcpProxy.to(redis.port);
    const options: FleetOptions = {
      redis: proxy.url,
      limits: PER_SECOND,
      ms: 18_000,
      async trouble() {
        await sleep(4000);
        await trouble(redis, proxy);
      },
    };
    return describe(await runFleet(options));
  };
}

const killed = async (redis: RedisServer) => {
  await redis.kill();
  await sleep(3000);
  await redis.start();
};

/** What the provider takes of its limit for a request: a quarter of the prompt, and nine words of answer. */
function tokensOf({ body }: { readonly body: string }): number {
  const { messages }: { readonly messages: unknown } = JSON.parse(body);
  return Math.ceil(JSON.stringify(messages).length / 4) + 9;
}

const rows: Readonly<Record<string, Row>> = {
  async steady() {
    await using redis = await RedisServer.start();
    return describe(await runFleet({ redis: redis.url, limits: PER_SECOND, ms: 30_000 }));
  },
  async tokens() {
    await using redis = await RedisServer.start();
    const { amount, perMs } = TOKENS;
    const course = await runFleet({
      redis: redis.url,
      limits: [{ unit: 'tokens', amount, perMs, shape: 'sliding' }],
      ms: TOKENS_MS,
      promptBytes: 400,
      server: { tokenLimit: { shape: 'window', limit: amount, perMs } },
    });
    const taken = course.requests.reduce((sum, request) => sum + tokensOf(request), 0);
    const ideal = (amount / perMs) * TOKENS_MS;
    const most = course.mostTokensIn(perMs, tokensOf) / amount;
    return [
      `${percent(taken / ideal)} of the limit`,
      `at most ${percent(most)} in a window`,
      `${course.refused} refused`,
      describe(course),
    ].join(', ');
  },
  killed: withTrouble(killed),
  'killed, with its data': withTrouble(killed, true),
  hung: withTrouble(async (redis) => {
    redis.hang();
    await sleep(5000);
    redis.goOn();
  }),
  dropped: withTrouble(async (_, proxy) => {
    proxy.lose();
    await sleep(5000);
    proxy.pass();
  }),
  async crashed() {
    await using redis = await RedisServer.start();
    let killedAtMs = 0;
    const course = await runFleet({
      redis: redis.url,
      limits: PER_SECOND,
      ms: 16_000,
      async trouble({ killWorker }) {
        await sleep(4000);
        killedAtMs = Date.now();
        killWorker(1);
      },
    });
    const after = course.times.filter((atMs) => atMs >= killedAtMs);
    const seconds = Array.from({ length: 10 }, (_, second) => {
      const from = killedAtMs + second * 1000;
      return after.filter((atMs) => atMs >= from && atMs < from + 1000).length;
    });
    return `requests in each second after the crash: ${seconds.join(' ')}, ${course.lost} lost`;
  },
  async skewed() {
    await using redis = await RedisServer.start();
    return describe(
      await runFleet({ redis: redis.url, limits: PER_SECOND, ms: 12_000, aheadMs: 5000 }),
    );
  },
  async told() {
    await using redis = await RedisServer.start();
    const course = await runFleet({
      redis: redis.url,
      limits: PER_SECOND,
      ms: 10_000,
      async trouble({ provider }) {
        await sleep(2000);
        provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
      },
    });
    const toldAtMs = course.requests.find(({ status }) => status === 429)?.atMs ?? Number.NaN;
    const early = course.times.filter((atMs) => atMs > toldAtMs && atMs < toldAtMs + 3000);
    const last = Math.max(0, ...early.map((atMs) => atMs - toldAtMs));
    return `${early.length} requests while told to wait, the last after ${last.toFixed(0)} ms, ${course.lost} lost`;
  },
};

if (NO_REDIS !== undefined) console.log(`Skipped: ${NO_REDIS}.`);
else {
  const asked = process.argv.slice(2);
  for (const [name, row] of Object.entries(rows)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`${name.padEnd(22)} ${await row()}`);
  }
}
