import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { attachForbear } from '@forbear/axios';
import { type Clock, definePolicy, type Policy, type Trace } from '@forbear/core';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { driveClock, type FakeProvider, type Fault, fakeProvider } from '@forbear/testing/node';
import axios, { type AxiosInstance } from 'axios';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countAttempts } from './axios-rig.js';
import { CHAT } from './rig.js';

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 503, body: '<html>busy</html>' },
  { kind: 'status', status: 425 },
  { kind: 'status', status: 500, work: 'before' },
  { kind: 'status', status: 502, work: 'before' },
  { kind: 'status', status: 408, work: 'before' },
  { kind: 'close', when: 'before' },
  { kind: 'close', when: 'during', reset: true },
  { kind: 'close', when: 'after' },
  { kind: 'cut' },
];

interface Planned {
  readonly faults: readonly Fault[];
  readonly replayed: boolean;
  readonly responseType: 'json' | 'stream' | 'arraybuffer';
  readonly takesAll: boolean;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 4 }),
  replayed: fc.boolean(),
  responseType: fc.constantFrom('json', 'stream', 'arraybuffer'),
  takesAll: fc.boolean(),
});

const clock = new FakeClock();
const plans = new Map<string, Planned>();
const httpAgent = new Agent({ keepAlive: true, maxSockets: 4 });
let provider: FakeProvider;
let calls = 0;

beforeAll(async () => {
  provider = await fakeProvider({
    clock,
    faults: ({ callId, number }) => plans.get(callId)?.faults[number - 1],
  });
});

afterAll(async () => {
  httpAgent.destroy();
  await provider.close();
});

type Engine = (instance: AxiosInstance, policy: Policy) => void;

const RIGHT: Engine = (instance, policy) => void attachForbear(instance, { policy });

const WRONG: Readonly<Record<string, Engine>> = {
  'repeats what may have been done'(instance, policy) {
    instance.defaults.forbear = { repeatable: true };
    attachForbear(instance, { policy });
  },
  'forgets its verdict'(instance, policy) {
    RIGHT(instance, policy);
    instance.interceptors.request.use((config) => {
      // As if each replay were a call of its own.
      if (typeof config.adapter === 'function') Reflect.deleteProperty(config, 'adapter');
      config.adapter ??= 'http';
      return config;
    });
  },
};

/** Somebody has to read a stream, or its socket is held. */
function letGo(ended: { data?: unknown; response?: { data?: unknown } }): void {
  const data = ended.data ?? ended.response?.data;
  if (data instanceof Readable) data.on('error', () => {}).resume();
}

/** Whether one call was settled once, and billed at most once. */
async function isSafe(instance: AxiosInstance, plan: Planned): Promise<boolean> {
  const callId = `axios-ledger-${++calls}`;
  plans.set(callId, plan);
  const traces: Trace[] = [];
  const { responseType, takesAll, replayed } = plan;
  const config = {
    headers: { authorization: 'Bearer sk-test', 'x-call-id': callId },
    responseType,
    forbear: { onSettled: (trace: Trace) => traces.push(trace) },
    ...(takesAll && { validateStatus: () => true }),
  };
  const ended = await instance
    .post(`${provider.baseURL}/chat/completions`, CHAT, config)
    .catch((error) => error);
  letGo(ended);
  if (replayed && ended instanceof Error) {
    const { config: again } = ended as unknown as { config: object };
    letGo(await instance(again).catch((error) => error));
  }
  const isOnce = traces.length === (replayed && ended instanceof Error ? 2 : 1);
  return isOnce && provider.ledger.bills(callId) <= 1;
}

function property(engine: Engine) {
  const many = fc.array(planned, { minLength: 3, maxLength: 8 });
  return fc.asyncProperty(many, async (each) => {
    const policy = definePolicy({ clock: clock as Clock, provider: flexai });
    const stop = driveClock(clock, {
      inFlight: countAttempts(policy),
      waiting: () => provider.waiting,
    });
    const instance = axios.create({ proxy: false, httpAgent });
    engine(instance, policy);
    const safe = await Promise.all(each.map((plan) => isSafe(instance, plan)));
    stop();
    provider.reset();
    plans.clear();
    return safe.every(Boolean);
  });
}

const RUNS = { numRuns: 25 };

test('no POST is ever billed twice, not by a replay of its error either, and each call settles once', async () => {
  await fc.assert(property(RIGHT), RUNS);
});

test.each(Object.entries(WRONG))('an engine that %s is found out', async (_, engine) => {
  const found = await fc.check(property(engine), { ...RUNS, endOnFailure: true });
  expect(found.failed).toBe(true);
});
