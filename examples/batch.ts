/**
 * Two thousand completions from a file, with a live line of how it goes. What was answered is not asked
 * again: stop it and start it anew as you like. What may have been billed without an answer is set aside.
 *
 *     pnpm build && node examples/dist/batch.js
 */
import { appendFileSync, createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
// ---- Copy from here on. ----
import { definePolicy, type Trace } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { createLimiter } from '@forbear/limiter';
import { flexai } from '@forbear/providers';
// ---- A fake provider, so that this runs without a key. Your program needs none of these lines. ----
import { fakeProvider } from '@forbear/testing/node';

await using fake = await fakeProvider({
  rateLimit: { shape: 'window', limit: 500, perMs: 1000 },
  // Now and then it does the work, bills it, and fails.
  faults: ({ callId }) =>
    callId.endsWith('00') ? { kind: 'status', status: 500, work: 'before' } : undefined,
});
const baseURL = fake.baseURL; // yours: 'https://tokens.flex.ai/v1'
const apiKey = 'sk-example'; // yours: process.env.FLEXAI_API_KEY

/** One line of the file. */
interface Question {
  readonly id: string;
  readonly question: string;
  /** Somebody waits for it. */
  readonly urgent?: boolean;
}

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly total_tokens: number };
}

/** What a completion costs at most, in cents. */
const PRICE_CENTS = 1;
/** How many lines are read ahead of their answers. */
const AHEAD = 500;

/** Answers what the file asks and the answers do not have yet, until it is told to stop. */
async function answerAll(questions: string, answers: string, stop: AbortSignal) {
  // It needs no limits: it learns them from the answers. `requestsPerMinute` and the like give them.
  const limiter = createLimiter();
  const policy = definePolicy({ provider: flexai, limiter, maxRetries: 5 });
  const fetch = createFetch({ policy });
  // What is under way is paid for, so it is waited for; what still waits is turned away.
  stop.addEventListener('abort', () => void limiter.drain({ deadlineMs: 0 }));

  const aside = `${answers}.review`;
  const known = new Set([...readIds(answers), ...readIds(aside)]);
  const startMs = performance.now();
  const count = { done: known.size, answered: 0, tokens: 0, atRisk: 0, failed: 0 };

  const ask = async ({ id, question, urgent }: Question) => {
    let trace: Trace | undefined;
    try {
      const response = await fetch(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'x-call-id': id,
        },
        body: JSON.stringify({
          model: 'my-model',
          messages: [{ role: 'user', content: question }],
          max_tokens: 50,
        }),
        forbear: {
          priority: urgent ? 'interactive' : 'batch',
          onSettled: (settled) => {
            trace = settled;
          },
        },
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const { choices, usage } = (await response.json()) as Completion;
      appendFileSync(answers, line({ id, answer: choices[0]?.message.content }));
      count.done++;
      count.answered++;
      count.tokens += usage.total_tokens;
    } catch (error) {
      if (trace?.mayHaveBeenBilled) {
        // A person has to decide: asking again may cost a second time.
        appendFileSync(aside, line({ id, why: String(error) }));
        count.atRisk++;
      } else if (!stop.aborted) count.failed++;
    }
  };

  const draw = () => {
    const [key] = limiter.snapshot();
    const rate = count.answered / ((performance.now() - startMs) / 1000);
    const cells = [
      `${count.done} done`,
      `${key?.waiting ?? 0} waiting`,
      `${key?.inFlight ?? 0} under way`,
      `${rate.toFixed(0)} a second`,
      `${count.tokens} tokens`,
      `${count.atRisk * PRICE_CENTS} cents at risk`,
    ];
    process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : '\n'}${cells.join(', ')}`);
  };
  const drawing = setInterval(draw, process.stdout.isTTY ? 100 : 1000);

  const lines = createInterface({ input: createReadStream(questions) })[Symbol.asyncIterator]();
  const askOn = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done || stop.aborted) return;
      const asked = JSON.parse(value) as Question;
      if (!known.has(asked.id)) await ask(asked);
    }
  };
  await Promise.all(Array.from({ length: AHEAD }, askOn));
  clearInterval(drawing);
  draw();
  console.log();
  return count;
}

const line = (value: object) => `${JSON.stringify(value)}\n`;

/** The ids that a file of lines has; a line that was cut off counts as none. */
function readIds(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [(JSON.parse(text) as Question).id];
      } catch {
        return [];
      }
    });
}

// ---- A file to answer. Yours is there already. ----
const folder = await mkdtemp(join(tmpdir(), 'forbear-batch-'));
const questions = join(folder, 'questions.jsonl');
const answers = join(folder, 'answers.jsonl');
const all = Array.from({ length: 2000 }, (_, index) => ({
  id: `q${String(index).padStart(4, '0')}`,
  question: `What is ${index} squared?`,
  urgent: index % 50 === 0,
}));
writeFileSync(questions, all.map(line).join(''));

// ---- And this is your program: Ctrl-C stops it, and the next start goes on. ----
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
// Here it stops by itself after a while, and is started again.
const stopped = setTimeout(() => stop.abort(), 1500);
const first = await answerAll(questions, answers, stop.signal);
clearTimeout(stopped);
if (stop.signal.aborted) console.log(`Stopped after ${first.answered} answers. Again:`);
const second = await answerAll(questions, answers, new AbortController().signal);

console.log(
  `${readIds(answers).length} answers, ${readIds(`${answers}.review`).length} set aside for review, ` +
    `${first.failed + second.failed} failed.`,
);

// ---- The fake provider's bill. ----
console.log(
  `Refused: ${fake.requests.filter(({ status }) => status === 429).length}. ` +
    `Billed twice: ${fake.ledger.billedTwice().length}.`,
);
await rm(folder, { recursive: true });
