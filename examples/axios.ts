/**
 * An instance of axios: a rate limit is waited out, and a failure that may have been billed is left
 * to you. Interceptors, transforms and errors stay those of axios.
 *
 *     pnpm build && node examples/dist/axios.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
const baseURL = fake.baseURL; // yours: 'https://tokens.flex.ai/v1'
const apiKey = 'sk-example'; // yours: process.env.FLEXAI_API_KEY

// ---- Copy from here on. ----
import { attachForbear } from '@forbear/axios';
import { explain, traceOf } from '@forbear/core';
import { flexai } from '@forbear/providers';
import axios, { isAxiosError } from 'axios';

const client = axios.create({ baseURL, headers: { authorization: `Bearer ${apiKey}` } });
// What it returns takes Forbear off again. To share gates with other clients, give `policy` instead.
attachForbear(client, { provider: flexai });

/** The model's answer, or `undefined` where there is none. */
async function ask(question: string): Promise<string | undefined> {
  try {
    const { data } = await client.post<Completion>(
      '/chat/completions',
      { model: 'my-model', messages: [{ role: 'user', content: question }] },
      {
        // What only this call wants; all of it can be left out.
        forbear: { deadlineMs: 60_000, onSettled: (trace) => console.log(explain(trace)) },
      },
    );
    return data.choices[0]?.message.content;
  } catch (error) {
    // The last AxiosError, as axios made it.
    if (isAxiosError(error)) console.log(`${error.code}: ${error.message}`);
    // To ask again here would be a second bill: that is for you to decide, or for a person.
    if (traceOf(error)?.mayHaveBeenBilled) console.log(`Set aside for review: ${question}`);
    return undefined;
  }
}

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

console.log(await ask('How much is 2 + 2?'));

// ---- The fake provider again: now it does the work, bills it, and fails. ----
fake.fail({ kind: 'status', status: 500, work: 'before' });
console.log(await ask('Name a colour.'));
console.log(
  `Billed: ${fake.ledger.total()} cents, ${fake.ledger.billedTwice().length} calls twice.`,
);
