import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { definePolicy, type Policy, sleep, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { countInFlight, driveClock } from '@forbear/testing/node';
import { expect, onTestFinished, test } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const URL = 'https://tokens.flex.ai/v1/models';
const TOLD_MS = 30_000;
const reason = { mine: true };

async function heapBytes(): Promise<number> {
  // What is left of the last turns is let go.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  collect();
  return process.memoryUsage().heapUsed;
}

interface Gate {
  readonly clock: FakeClock;
  readonly policy: Policy;
  readonly settled: { successes: number; giveUps: number };
}

function defineGate(): Gate {
  const clock = new FakeClock();
  const policy = definePolicy({ clock, provider: flexai });
  const settled = { successes: 0, giveUps: 0 };
  policy.events.on('success', () => settled.successes++);
  policy.events.on('give-up', () => settled.giveUps++);
  return { clock, policy, settled };
}

/** A server that tells the first caller to wait, and answers all others. */
function createServer() {
  let told = false;
  return countInFlight(async () => {
    if (told) return new Response('ok');
    told = true;
    return new Response('wait', { status: 429, headers: { 'retry-after': '30' } });
  });
}

/** Resolves at the next wait of a call; then nobody listens any more. */
async function waits(policy: Policy): Promise<void> {
  let off = () => {};
  await new Promise<void>((resolve) => {
    off = policy.events.on('waiting', () => resolve());
  });
  off();
}

/** Calls in one gate: a third is aborted by their own signals, another by a shared one. */
async function crowd(count: number, { clock, policy }: Gate, kept: unknown[] = []): Promise<void> {
  const { fetch: bare, inFlight } = createServer();
  const stop = driveClock(clock, { inFlight });
  const fetch = createFetch({ policy, fetch: bare });
  const opening = fetch(URL);
  await waits(policy);
  const shared = new AbortController();
  const own = Array.from({ length: count }, () => new AbortController());
  const traces = new Map<number, Trace[]>();
  const calls = own.map(async ({ signal }, index) => {
    const onSettled = (trace: Trace) => traces.set(index, [...(traces.get(index) ?? []), trace]);
    const init = { signal: index % 3 === 1 ? shared.signal : signal, forbear: { onSettled } };
    return fetch(URL, init).then(
      ({ status }) => status,
      (error: unknown) => error,
    );
  });
  expect(policy.gates.snapshot()).toMatchObject([{ state: 'closed', waiting: count + 1 }]);
  const moments = Array.from({ length: 100 }, (_, each) => () => {
    for (let index = each * 3; index < count; index += 300) own[index]?.abort(reason);
  });
  for (const abort of moments) clock.setTimer(abort, Math.random() * TOLD_MS * 1.05);
  clock.setTimer(() => shared.abort(reason), Math.random() * TOLD_MS);
  const ended = await Promise.all(calls);
  expect((await opening).status).toBe(200);
  // The fake clock forgets a timer that was stopped when its time has come.
  await sleep(clock, policy.maxHoldMs);
  stop();
  const answered = ended.filter((each) => each === 200).length;
  const aborted = ended.filter((each) => each === reason).length;
  expect(answered + aborted).toBe(count);
  expect(aborted).toBeGreaterThan(count / 2);
  expect(answered).toBeGreaterThanOrEqual(count / 3 - 1);
  expect([...traces.values()].filter(({ length }) => length === 1)).toHaveLength(count);
  const listeners = [shared, ...own].map(({ signal }) => getEventListeners(signal, 'abort').length);
  expect(Math.max(...listeners)).toBe(0);
  kept.push(traces);
}

test('10,000 calls in one gate, aborted at random, settle once each, and leave nothing behind', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const gate = defineGate();
  await crowd(2000, gate);
  const warm = await heapBytes();
  await crowd(10_000, gate);
  const flat = await heapBytes();
  expect(flat - warm).toBeLessThan(10_000 * 200);
  // An engine that kept its calls would be found out.
  const kept: unknown[] = [];
  await crowd(2000, gate, kept);
  await crowd(2000, gate, kept);
  expect((await heapBytes()) - flat).toBeGreaterThan(2000 * 200);
  expect(kept).toHaveLength(2);
  expect(gate.settled.successes + gate.settled.giveUps).toBe(16_000 + 4);
  expect(gate.clock.timers).toBe(0);
  expect(gate.policy.gates.snapshot()).toMatchObject([{ state: 'open', waiting: 0 }]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
