import { type PolicyOptions, sleep, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { countInFlight, driveClock, errorPage } from '@forbear/testing/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { setUp } from './rig.js';

const OFFLINE = JSON.stringify(errorPage.underMaintenance());
const URL = 'https://tokens.flex.ai/v1/models';
const REFUSALS: Readonly<Record<string, () => Response>> = {
  POST: () => new Response(OFFLINE, { status: 503 }),
  GET: () => new Response(null, { status: 500 }),
};

/** A client of a server that is not there but for its answers. */
function connect(options: PolicyOptions, answer: () => Response) {
  const clock = new FakeClock();
  let requests = 0;
  const { fetch: bare, inFlight } = countInFlight(async () => {
    requests++;
    return answer();
  });
  onTestFinished(driveClock(clock, { inFlight }));
  const fetch = createFetch({ provider: flexai, clock, fetch: bare, ...options });
  return { clock, fetch, requests: () => requests };
}

/** Calls made over 20 s to a server that is down for good. */
async function outage(method: string, count: number, options: PolicyOptions = {}) {
  const refuse = REFUSALS[method] as () => Response;
  const { clock, fetch, requests } = connect(options, refuse);
  const reasons = new Map<Trace['reason'], number>();
  const onSettled = ({ reason }: Trace) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const startMs = clock.now();
  const calls: Promise<Response>[] = [];
  for (let tick = 0; tick < 200; tick++) {
    for (let each = 0; each < count / 200; each++) {
      calls.push(fetch(URL, { method, forbear: { onSettled } }));
    }
    await sleep(clock, 100);
  }
  const responses = await Promise.all(calls);
  expect(responses.every(({ status }) => status === refuse().status)).toBe(true);
  return { requests: requests(), reasons, tookS: (clock.now() - startMs) / 1000 };
}

describe('while a server is down for good, 10,000 calls in 20 s', () => {
  test('make at most 1.15 requests each, and at least what they may', async () => {
    const { requests, reasons, tookS } = await outage('GET', 10_000);
    expect(requests).toBeLessThanOrEqual(11_500);
    // 100 that were saved, a tenth of each call, and 10 a second.
    expect(requests).toBeLessThanOrEqual(10_000 + 100 + 1000 + 10 * tookS);
    expect(requests).toBeGreaterThanOrEqual(10_000 + 100 + 1000 + 10 * 20 - 10);
    expect(reasons.get('retry-budget')).toBeGreaterThan(8000);
  });

  test('make no more as POSTs of which each is refused harmlessly', async () => {
    const { requests, tookS } = await outage('POST', 2000);
    expect(requests).toBeLessThanOrEqual(2000 + 100 + 200 + 10 * tookS);
    expect(requests).toBeGreaterThanOrEqual(2000 + 100 + 200 + 10 * 20 - 10);
  });

  test('make four each without a budget', async () => {
    const { requests } = await outage('GET', 1000, { retryBudget: false });
    expect(requests).toBe(4000);
  });
});

describe('2,000 calls in a row, of which a fifth fail harmlessly,', () => {
  /** How many were answered, and how many requests there were. */
  async function makeInARow(options: PolicyOptions, count = 2000) {
    let fails = false;
    const { fetch, requests } = connect(options, () =>
      fails ? new Response(OFFLINE, { status: 503 }) : new Response('ok'),
    );
    let answered = 0;
    for (let each = 1; each <= count; each++) {
      fails = each % 5 === 0;
      const calling = fetch(URL, { method: 'POST' });
      await Promise.resolve();
      fails = false;
      if ((await calling).status === 200) answered++;
    }
    return { answered, requests: requests() };
  }

  test('lose none to the budget', async () => {
    expect(await makeInARow({})).toEqual({ answered: 2000, requests: 2400 });
  });

  test('lose some to one that seconds do not fill', async () => {
    const { answered } = await makeInARow({ retryBudget: { perSecond: 0, max: 10 } });
    expect(answered).toBeLessThan(2000);
  });
});

describe('200 POSTs at once, or 50, while every connection is refused for 300 ms,', () => {
  async function refused(count: number, options: PolicyOptions = {}) {
    const { provider, clock, call } = await setUp(options);
    const startMs = clock.now();
    await provider.refuse(300);
    const called = await Promise.all(Array.from({ length: count }, () => call('POST')));
    const answered = called.filter(({ response }) => response?.status === 200).length;
    const bills = called.reduce((sum, each) => sum + each.bills, 0);
    expect(provider.requests.every(({ atMs }) => atMs >= startMs + 300)).toBe(true);
    return { answered, bills };
  }

  test('are all answered, and billed once', async () => {
    expect(await refused(200)).toEqual({ answered: 200, bills: 200 });
  });

  test('are all answered with an empty budget, for what was never sent is no load', async () => {
    const retryBudget = { perCall: 0, perSecond: 0, max: 0 };
    expect((await refused(50, { retryBudget })).answered).toBe(50);
  });

  test('are lost in part to an engine that spends its retries too soon', async () => {
    const backoff = { initialMs: 50, jitter: 'full' } as const;
    expect((await refused(50, { backoff })).answered).toBeLessThan(50);
  });
});
