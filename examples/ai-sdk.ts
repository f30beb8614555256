/**
 * The Vercel AI SDK. It repeats by itself, after a 500 that was billed too, and cannot be told not to
 * by an answer. So say `maxRetries: 0` to it, and leave the retries to Forbear.
 *
 *     pnpm build && node examples/dist/ai-sdk.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
const baseURL = fake.baseURL; // yours: leave it out, or 'https://tokens.flex.ai/v1'
const apiKey = 'sk-example'; // yours: process.env.OPENAI_API_KEY

// ---- Copy from here on. ----
import { createOpenAI } from '@ai-sdk/openai';
import { definePolicy } from '@forbear/core';
import { createOpenAIFetch } from '@forbear/openai';
import { auto } from '@forbear/providers';
import { APICallError, generateText } from 'ai';

const policy = definePolicy({
  provider: auto,
  // Should somebody forget `maxRetries: 0`: what may have been billed is not sent again for a minute.
  refuseRepeatsMs: 60_000,
});
policy.events.on('waiting', ({ because }) => console.log(`Waits: ${because}.`));
policy.events.on('give-up', ({ reason }) => console.log(`Gave up: ${reason}.`));
policy.events.on('layeredRetry', ({ layer, remedy }) => console.log(`${layer}: ${remedy}.`));

const openai = createOpenAI({ apiKey, baseURL, fetch: createOpenAIFetch({ policy }) });

/** The model's answer, or `undefined` where there is none. */
async function ask(question: string): Promise<string | undefined> {
  try {
    const { text } = await generateText({
      model: openai.chat('my-model'),
      prompt: question,
      maxRetries: 0,
    });
    return text;
  } catch (error) {
    if (!APICallError.isInstance(error)) throw error;
    console.log(`${error.name} ${error.statusCode}: ${error.message}`);
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
