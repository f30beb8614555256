/**
 * A hundred calls at once into a bucket that lets ten a second in, on real sockets, beside peers, in
 * one run, each at a provider of its own:
 *
 *     npx -y pnpm@12 bench
 *
 * The peers are set up as their pages say, with POST and 429 among what they retry.
 */
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';
import { fakeProvider } from '@forbear/testing/node';
import fetchRetry from 'fetch-retry';
import ky from 'ky';
import pRetry from 'p-retry';

const CALLS = 100;

type Ask = (url: string, init: RequestInit) => Promise<Response>;

const withFetchRetry = fetchRetry(fetch, { retryOn: [429, 503] });
const withKy = ky.create({ retry: { methods: ['post'] }, throwHttpErrors: false, timeout: false });

const contenders: Readonly<Record<string, () => Ask>> = {
  '@forbear/fetch': () => createFetch({ provider: flexai }),
  'p-retry': () => (url, init) =>
    pRetry(
      async () => {
        const response = await fetch(url, init);
        if (!response.ok) throw new Error(`status ${response.status}`);
        return response;
      },
      { retries: 3 },
    ),
  'fetch-retry': () => withFetchRetry,
  ky: () => withKy,
};

async function measure(name: string, make: () => Ask): Promise<string> {
  await using provider = await fakeProvider({
    rateLimit: { shape: 'bucket', limit: 10, perMs: 1000 },
  });
  const ask = make();
  const startedMs = performance.now();
  const answered = await Promise.all(
    Array.from({ length: CALLS }, async () => {
      const response = await ask(`${provider.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-bench' },
        body: '{"model":"test","messages":[{"role":"user","content":"Hello"}]}',
      }).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.ok === true;
    }),
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const count = answered.filter(Boolean).length;
  const refused = provider.requests.length - count;
  return `${String(count).padStart(8)}   ${String(refused).padStart(8)}   ${seconds.padStart(6)}   ${name}`;
}

const lines = await Promise.all(
  Object.entries(contenders).map(([name, make]) => measure(name, make)),
);
console.log(`answered   refused   seconds   (${CALLS} calls at once, 10 a second allowed)`);
for (const line of lines) console.log(line);
