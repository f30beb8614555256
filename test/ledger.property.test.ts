import type { Clock, Trace } from '@forbear/core';
import { createFetch, type ForbearFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import {
  countInFlight,
  driveClock,
  type FakeProvider,
  type Fault,
  fakeProvider,
} from '@forbear/testing/node';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHAT } from './rig.js';

/** What a fault does to a POST at flex.ai, by the provider's own page; not by our code. */
type Nature = 'harmless' | 'doubtful' | 'terminal';

interface Weather {
  readonly nature: Nature;
  /** Milliseconds that the answer tells to wait. */
  readonly toldMs?: number;
  readonly fault: Fault;
}

function status(
  nature: Nature,
  code: number,
  rest: Partial<Fault & { kind: 'status' }> = {},
): Weather {
  return { nature, fault: { kind: 'status', status: code, ...rest } };
}

function told(code: number, header: string, value: string, toldMs: number): Weather {
  return { ...status('harmless', code, { headers: { [header]: value } }), toldMs };
}

const WEATHER: readonly Weather[] = [
  told(429, 'retry-after', '1', 1000),
  told(429, 'retry-after', '2.5', 2500),
  told(429, 'retry-after-ms', '1700', 1700),
  told(503, 'retry-after', '3', 3000),
  status('harmless', 429, { headers: { 'retry-after': 'soon' } }),
  status('harmless', 503),
  status('harmless', 425),
  status('doubtful', 503, { body: '<html>busy</html>' }),
  status('doubtful', 500, { work: 'before' }),
  status('doubtful', 500, { work: 'none' }),
  status('doubtful', 502, { work: 'before' }),
  status('doubtful', 504, { work: 'before' }),
  status('doubtful', 408, { work: 'before' }),
  { nature: 'doubtful', fault: { kind: 'close', when: 'before' } },
  { nature: 'doubtful', fault: { kind: 'close', when: 'during', reset: true } },
  { nature: 'doubtful', fault: { kind: 'close', when: 'after' } },
  status('terminal', 400),
  status('terminal', 401),
  status('terminal', 402),
  status('terminal', 422),
];

interface PlannedCall {
  readonly method: 'GET' | 'POST';
  readonly repeatable: boolean;
  readonly oneShot: boolean;
  readonly deadlineMs: number | undefined;
  readonly weather: readonly Weather[];
}

const plannedCall: fc.Arbitrary<PlannedCall> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'POST'),
  repeatable: fc.constantFrom(false, false, false, true),
  oneShot: fc.constantFrom(false, false, false, true),
  deadlineMs: fc.constantFrom(undefined, undefined, 1500, 4000),
  weather: fc.array(fc.constantFrom(...WEATHER), { maxLength: 4 }),
});

type Engine = (bare: typeof globalThis.fetch, clock: Clock) => ForbearFetch;

const RIGHT: Engine = (fetch, clock) => createFetch({ provider: flexai, fetch, clock });

const WRONG: Readonly<Record<string, Engine>> = {
  'retries a 500': (bare, clock) => {
    const fetch = RIGHT(bare, clock);
    return (input, init) =>
      fetch(input, { ...init, forbear: { ...init?.forbear, repeatable: true } });
  },
  'waits 10 % short': (bare, clock) =>
    createFetch({
      provider: flexai,
      random: () => 0,
      clock,
      async fetch(input, init) {
        const response = await bare(input, init);
        const headers = new Headers(response.headers);
        for (const name of ['retry-after', 'retry-after-ms']) {
          const told = Number(headers.get(name));
          if (told > 0) headers.set(name, String(told * 0.9));
        }
        return new Response(response.body, { status: response.status, headers });
      },
    }),
  'never retries': (fetch, clock) => createFetch({ provider: flexai, fetch, clock, maxRetries: 0 }),
};

const clock = new FakeClock();
const plans = new Map<string, PlannedCall>();
const counted = countInFlight(globalThis.fetch);
let provider: FakeProvider;
let stop: () => void;
let calls = 0;

beforeAll(async () => {
  provider = await fakeProvider({
    clock,
    faults: ({ callId, number }) => plans.get(callId)?.weather[number - 1]?.fault,
  });
  stop = driveClock(clock, {
    inFlight: () => Math.max(counted.inFlight(), provider.inFlight),
    waiting: () => provider.waiting,
  });
});

afterAll(async () => {
  stop();
  await provider.close();
});

interface Ended {
  readonly plan: PlannedCall;
  readonly status: number | undefined;
  readonly settled: number;
  readonly tookMs: number;
  readonly bills: number;
  readonly gapsMs: readonly number[];
}

async function make(fetch: ForbearFetch, plan: PlannedCall): Promise<Ended> {
  const callId = `ledger-${++calls}`;
  plans.set(callId, plan);
  const { method, repeatable, deadlineMs, oneShot } = plan;
  const body = oneShot ? new Blob([CHAT]).stream() : CHAT;
  const traces: Trace[] = [];
  const startMs = clock.monotonic();
  const path = method === 'POST' ? '/chat/completions' : '/models';
  const response = await fetch(provider.baseURL + path, {
    method,
    ...(method === 'POST' && { body, duplex: 'half' }),
    headers: { authorization: 'Bearer sk-test', 'x-call-id': callId },
    forbear: { repeatable, deadlineMs, onSettled: (trace) => traces.push(trace) },
  }).catch(() => undefined);
  const tookMs = clock.monotonic() - startMs;
  await response?.text();
  const at = provider.requests.filter((each) => each.callId === callId).map(({ atMs }) => atMs);
  return {
    plan,
    status: response?.status,
    settled: traces.length,
    tookMs,
    bills: provider.ledger.bills(callId),
    gapsMs: at.slice(1).map((each, index) => each - (at[index] as number)),
  };
}

async function run(engine: Engine, planned: readonly PlannedCall[]): Promise<readonly Ended[]> {
  const fetch = engine(counted.fetch, clock);
  const ended = await Promise.all(planned.map((plan) => make(fetch, plan)));
  provider.reset();
  plans.clear();
  return ended;
}

/** Nothing that may not be repeated is billed twice; nobody is called too early or too late. */
function isSafe({ plan, settled, tookMs, bills, gapsMs }: Ended): boolean {
  const inTime = plan.deadlineMs === undefined || tookMs <= plan.deadlineMs;
  const patient = gapsMs.every((gap, index) => gap >= (plan.weather[index]?.toldMs ?? 0));
  return settled === 1 && inTime && patient && (plan.repeatable || bills <= 1);
}

/** A call whose failures were all harmless, with attempts, time and body left, is answered. */
function isAnswered({ plan, status }: Ended): boolean {
  const { method, weather, oneShot, deadlineMs, repeatable } = plan;
  const mayRepeat = method === 'GET' || repeatable;
  const curable = weather.every(
    ({ nature }) => nature === 'harmless' || (nature === 'doubtful' && mayRepeat),
  );
  const due =
    curable && weather.length <= 3 && deadlineMs === undefined && (method === 'GET' || !oneShot);
  return !due || status === 200;
}

/** An empty wallet refuses the other calls of its key too, whatever their own weather is. */
function emptiesWallet({ weather }: PlannedCall): boolean {
  return weather.some(({ fault }) => fault.kind === 'status' && fault.status === 402);
}

function property(engine: Engine, holds: (ended: Ended) => boolean) {
  return fc.asyncProperty(
    fc.array(plannedCall, { minLength: 4, maxLength: 12 }),
    async (planned) => {
      fc.pre(holds === isSafe || !planned.some(emptiesWallet));
      const ended = await run(engine, planned);
      return ended.every(holds);
    },
  );
}

const RUNS = { numRuns: 60 };

test('nothing that may not be repeated is ever billed twice, no wait is shorter than told or passes the deadline, and each call settles once', async () => {
  await fc.assert(property(RIGHT, isSafe), RUNS);
});

test('a call whose failures all had no effect, with attempts, time and a replayable body left, is answered', async () => {
  await fc.assert(property(RIGHT, isAnswered), RUNS);
});

test.each([
  ['retries a 500', isSafe],
  ['waits 10 % short', isSafe],
  ['never retries', isAnswered],
] as const)('an engine that %s is found out', async (name, holds) => {
  const found = await fc.check(property(WRONG[name] as Engine, holds), {
    ...RUNS,
    endOnFailure: true,
  });
  expect(found.failed).toBe(true);
});
