/**
 * What a call that succeeds at once costs above a stub fetch, beside peers, in one run:
 *
 *     npx -y pnpm@12 bench
 *
 * Each contender is measured in turn, several times over; the least time of each is printed.
 */
import { createFetch } from '@forbear/fetch';
import fetchRetry from 'fetch-retry';
import ky from 'ky';
import pRetry from 'p-retry';

const ROUNDS = 7;
const CALLS = 50_000;
const URL_TEXT = 'https://api.test/v1/chat/completions';
const INIT: RequestInit = { method: 'POST', body: '{"model":"test"}' };

const response = new Response(null, { status: 200 });
const stub: typeof fetch = async () => response;

const forbear = createFetch({ fetch: stub });
const withFetchRetry = fetchRetry(stub);
const kyInstance = ky.create({ fetch: stub });

const contenders: Readonly<Record<string, () => Promise<unknown>>> = {
  'stub fetch': () => stub(URL_TEXT, INIT),
  '@forbear/fetch': () => forbear(URL_TEXT, INIT),
  'p-retry': () => pRetry(() => stub(URL_TEXT, INIT)),
  'fetch-retry': () => withFetchRetry(URL_TEXT, INIT),
  ky: () => kyInstance(URL_TEXT, INIT),
};

async function measure(call: () => Promise<unknown>, calls: number): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < calls; index++) await call();
  return ((performance.now() - start) * 1000) / calls;
}

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(contenders)) {
    const calls = name === 'ky' ? CALLS / 10 : CALLS;
    await measure(call, calls / 10);
    const took = await measure(call, calls);
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, took));
  }
}

const base = best.get('stub fetch') ?? 0;
console.log('µs per call    above the stub');
for (const [name, took] of best) {
  const above = (took - base).toFixed(2).padStart(8);
  console.log(`${took.toFixed(2).padStart(8)}   ${above}        ${name}`);
}
