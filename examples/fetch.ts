/**
 * Completions through a drop-in `fetch`: a rate limit and an overload are waited out, and a failure
 * that may have been billed is left to you.
 *
 *     pnpm build && node examples/dist/fetch.js
 */

// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider();
fake.fail([
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'status', status: 503 },
]);
const baseURL = fake.baseURL; // yours: 'https://tokens.flex.ai/v1'
const apiKey = 'sk-example'; // yours: process.env.FLEXAI_API_KEY

// ---- Copy from here on. ----
import { definePolicy, explain, traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';

// One policy for the whole program: all that use it share its gates and its retry budget.
const policy = definePolicy({ provider: flexai });
policy.events.on('waiting', ({ attempt, because, waitMs }) => {
  console.log(`Attempt ${attempt}: ${because}. Again in ${(waitMs / 1000).toFixed(1)} s.`);
});

const fetch = createFetch({ policy });

/** The model's answer, or `undefined` where there is none. */
async function ask(question: string): Promise<string | undefined> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'my-model', messages: [{ role: 'user', content: question }] }),
    // What only this call wants; all of it can be left out.
    forbear: { deadlineMs: 60_000 },
  });
  if (response.ok) {
    const { choices } = (await response.json()) as Completion;
    return choices[0]?.message.content;
  }
  // As with the bare fetch, a status never throws. The trace says what was done about it.
  const trace = traceOf(response);
  if (trace) console.log(explain(trace));
  // To ask again here would be a second bill: that is for you to decide, or for a person.
  if (trace?.mayHaveBeenBilled) console.log(`Set aside for review: ${question}`);
  return undefined;
}

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

console.log(await ask('How much is 2 + 2?'));

// ---- The fake provider again: now it does the work, bills it, and fails. ----
fake.fail({ kind: 'status', status: 500, work: 'before' });
console.log(await ask('Name a colour.'));
console.log(
  `Billed: ${fake.ledger.total()} cents, ${fake.ledger.billedTwice().length} completions twice.`,
);
