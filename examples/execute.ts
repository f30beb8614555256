/**
 * The engine under a client that is none of Forbear's: here undici's `request`. Anything that makes
 * one attempt can be put there: an SDK of your own, gRPC, a driver.
 *
 *     pnpm build && node examples/dist/execute.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail([
  { kind: 'status', status: 503, headers: { 'retry-after': '1' } },
  { kind: 'status', status: 500 },
]);
const baseURL = fake.baseURL; // yours: 'https://api.example.com/v1'
const apiKey = 'sk-example'; // yours: process.env.API_KEY

// ---- Copy from here on. ----
import { definePolicy, execute, explain, type Trace } from '@forbear/core';
import { type Dispatcher, request } from 'undici';

const policy = definePolicy({ maxRetries: 5 });

/** One call: as many attempts as help and are safe. What it gives is what the last attempt gave. */
function call(method: 'GET' | 'POST', path: string, body?: string) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return execute(
    // One attempt. Pass its signal on: it is how time limits and aborts reach your client.
    ({ signal }) => request(baseURL + path, { method, headers, body: body ?? null, signal }),
    policy,
    {
      // Without a method nothing is repeated that may have been done.
      method,
      // Calls with the same key share a gate: a 429 for one holds the others.
      key: baseURL,
      // What to judge an attempt by, where the client does not call it `status` and `headers`.
      gather: (outcome) =>
        outcome.ok
          ? { method, status: outcome.value.statusCode, headers: outcome.value.headers }
          : { method, error: outcome.error },
      // An answer that nobody will read gives its socket back.
      discard: ({ body }: Dispatcher.ResponseData) => void body.dump(),
      onSettled: (trace: Trace) => console.log(explain(trace)),
    },
  );
}

// A GET may be repeated after anything that passes.
const models = await call('GET', '/models');
console.log(models.statusCode, await models.body.json());

// ---- The fake provider again: now it does the work, bills it, and fails. ----
fake.fail({ kind: 'status', status: 500, work: 'before' });

// ---- And this is your program. ----
// A POST may not, unless it says `repeatable: true`: this one may have been done.
const job = await call('POST', '/videos', JSON.stringify({ model: 'my-model', prompt: 'Waves' }));
await job.body.dump();
console.log(job.statusCode);

// ---- The fake provider's bill. ----
console.log(
  `Billed: ${fake.ledger.total()} cents, ${fake.ledger.billedTwice().length} jobs twice.`,
);
