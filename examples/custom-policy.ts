/**
 * A policy of your own: what your gateway means by its answers, which calls share a limit, how long
 * to wait, and where the numbers go.
 *
 *     pnpm build && node examples/dist/custom-policy.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
const busy = { error: { type: 'queue_full', message: 'all workers are busy' } };
fake.fail([
  { kind: 'status', status: 500, body: busy, work: 'none' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
]);
const baseURL = fake.baseURL; // yours: 'https://gateway.example.com/v1'
const apiKey = 'sk-example'; // yours: process.env.GATEWAY_KEY

// ---- Copy from here on. ----
import { definePolicy, genericProfile, type ProviderProfile, traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';

// What your API means by its answers. What it does not say is taken for the dangerous case.
const gateway: ProviderProfile = {
  ...genericProfile,
  name: 'our gateway',
  hosts: ['gateway.example.com'],
  // Its pages promise that the same Idempotency-Key is not worked on twice.
  idempotencyKeys: { methods: ['POST'], keptMs: 24 * 60 * 60_000 },
  rules: [
    {
      status: 500,
      code: ['queue_full'],
      kind: 'overloaded',
      effect: 'none',
      because: 'its queue was full, so no work was begun',
    },
    ...genericProfile.rules,
  ],
};

const policy = definePolicy({
  provider: gateway,
  maxRetries: 5,
  // 100, 200, 400 ms and so on, each up to half as long again.
  backoff: ({ attempt, random }) => 100 * 2 ** (attempt - 1) * (1 + random / 2),
  // A user is waiting: give up rather than wait for longer than ten seconds.
  maxRetryAfterMs: 10_000,
  deadlineMs: 20_000,
  // Each tenant has a limit of its own, so a 429 for one holds nobody else.
  key: ({ origin, header }) => `${origin} ${header('x-tenant') ?? 'nobody'}`,
  // At most five retries a second for each tenant while the gateway is down.
  retryBudget: { perCall: 0.1, perSecond: 5, max: 50 },
});

// Every event is one flat record: hand it to your logger or count it.
policy.events.on('waiting', ({ key, attempt, because }) => console.log({ key, attempt, because }));
policy.events.on('give-up', ({ key, reason }) => console.log({ key, reason }));

const fetch = createFetch({ policy });

async function ask(tenant: string, id: string, question: string): Promise<Response> {
  return fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'x-tenant': tenant,
      // The same work, the same key: also when your own program asks again.
      'idempotency-key': id,
    },
    body: JSON.stringify({ model: 'my-model', messages: [{ role: 'user', content: question }] }),
  });
}

const response = await ask('acme', 'question-1', 'How much is 2 + 2?');
console.log(response.status, `${traceOf(response)?.attempts.length} attempts`);

// What it cost, by key: for a dashboard, say.
for (const { key, useful, wasted, possiblyBilled } of policy.gates.waste()) {
  console.log({ key, useful, wasted, possiblyBilled });
}
