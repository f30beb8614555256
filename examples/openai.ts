/**
 * The OpenAI SDK with Forbear as the only owner of its retries: its options, errors and streams stay
 * as they are, and nothing is billed twice.
 *
 *     pnpm build && node examples/dist/openai.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
const baseURL = fake.baseURL; // yours: leave it out, or 'https://tokens.flex.ai/v1'
const apiKey = 'sk-example'; // yours: process.env.OPENAI_API_KEY

// ---- Copy from here on. ----
import { definePolicy, explain, traceOf } from '@forbear/core';
import { createOpenAIFetch } from '@forbear/openai';
import { auto } from '@forbear/providers';
import OpenAI from 'openai';

// `auto` tells by the base URL which API it is.
const policy = definePolicy({ provider: auto });
policy.events.on('waiting', ({ attempt, because, waitMs }) => {
  console.log(`Attempt ${attempt}: ${because}. Again in ${(waitMs / 1000).toFixed(1)} s.`);
});

// `maxRetries` of the SDK can stay as it is: it does not repeat what is given up here.
const client = new OpenAI({ apiKey, baseURL, fetch: createOpenAIFetch({ policy }) });

const completion = await client.chat.completions.create({
  model: 'my-model',
  messages: [{ role: 'user', content: 'How much is 2 + 2?' }],
});
console.log(completion.choices[0]?.message.content);

const stream = await client.chat.completions.create({
  model: 'my-model',
  messages: [{ role: 'user', content: 'Name a colour.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();

// ---- The fake provider again: now it does the work, bills it, and fails. ----
fake.fail({ kind: 'status', status: 500, work: 'before' });

// ---- And this is your program. ----
try {
  await client.chat.completions.create(
    { model: 'my-model', messages: [{ role: 'user', content: 'Say hello.' }] },
    // What only this call wants; all of it can be left out.
    { fetchOptions: { forbear: { deadlineMs: 60_000 } } },
  );
} catch (error) {
  // The error of the SDK, with its class, its status and its code.
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.log(`${error.constructor.name}: ${error.message}`);
  // To ask again here would be a second bill: that is for you to decide, or for a person.
  const trace = traceOf(error);
  if (trace) console.log(explain(trace));
}

// ---- The fake provider's bill. ----
console.log(
  `Billed: ${fake.ledger.total()} cents, ${fake.ledger.billedTwice().length} calls twice.`,
);
