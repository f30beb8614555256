/**
 * Anthropic's SDK, which comes from the same generator as OpenAI's: the same function serves it.
 *
 *     pnpm build && node examples/dist/anthropic.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail({
  kind: 'status',
  status: 529,
  headers: { 'retry-after': '1' },
  body: { type: 'error' },
});
const baseURL = fake.url; // yours: leave it out
const apiKey = 'sk-example'; // yours: process.env.ANTHROPIC_API_KEY

// ---- Copy from here on. ----
import Anthropic from '@anthropic-ai/sdk';
import { definePolicy, explain, traceOf } from '@forbear/core';
import { createOpenAIFetch } from '@forbear/openai';
import { auto } from '@forbear/providers';

const policy = definePolicy({ provider: auto });
policy.events.on('waiting', ({ status, because }) => console.log(`${status}: ${because}`));

const client = new Anthropic({ apiKey, baseURL, fetch: createOpenAIFetch({ policy }) });

/** The model's answer, or `undefined` where there is none. */
async function ask(question: string): Promise<string | undefined> {
  try {
    const message = await client.messages.create({
      model: 'my-model',
      max_tokens: 64,
      messages: [{ role: 'user', content: question }],
    });
    return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  } catch (error) {
    // The error of the SDK, with its class and its status.
    if (!(error instanceof Anthropic.APIError)) throw error;
    const trace = traceOf(error);
    console.log(
      `${error.constructor.name} ${error.status}: ${trace ? explain(trace) : 'no trace'}`,
    );
    return undefined;
  }
}

console.log(await ask('How much is 2 + 2?'));

// ---- The fake provider again: now it does the work, bills it, and fails. ----
fake.fail({ kind: 'status', status: 500, work: 'before' });
console.log(await ask('Name a colour.'));
console.log(
  `Billed: ${fake.ledger.total()} cents, ${fake.ledger.billedTwice().length} calls twice.`,
);
