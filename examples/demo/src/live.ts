import { explain, type ProviderProfile, traceOf } from '@forbear/core';
import { createFetch, type ForbearFetch } from '@forbear/fetch';
import { flexai, openai } from '@forbear/providers';
import type { Screen } from './screen.js';

interface Api {
  readonly provider: ProviderProfile;
  readonly key: string;
  readonly baseURL: string;
  /** What its field for the length of an answer is called. */
  readonly lengthField: string;
  /** Which of its models can chat, by name; `undefined`: all. */
  readonly chats?: RegExp;
}

const QUESTIONS = ['Say hello.', 'Name a colour.', 'How much is 2 + 2?'];
const MAX_TOKENS = 64;
const MAX_SHOWN = 200;

/** Makes three small completions at a real API, prints what happened, and returns the exit code. */
export async function callLive(env: NodeJS.ProcessEnv, screen: Screen): Promise<number> {
  const api = findApi(env);
  const fetch = createFetch({ provider: api.provider });
  const model = env.FORBEAR_MODEL || (await findModel(fetch, api));
  screen.line(`${api.provider.name} at ${api.baseURL}, model ${model}`);
  let failed = 0;
  for (const question of QUESTIONS) {
    screen.line();
    screen.heading(question);
    if (!(await ask(fetch, api, model, question, screen))) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

function findApi(env: NodeJS.ProcessEnv): Api {
  const own = env.FORBEAR_BASE_URL?.replace(/\/+$/, '');
  if (env.FLEXAI_API_KEY) {
    const baseURL = own || 'https://tokens.flex.ai/v1';
    return { provider: flexai, key: env.FLEXAI_API_KEY, baseURL, lengthField: 'max_tokens' };
  }
  if (env.OPENAI_API_KEY) {
    return {
      provider: openai,
      key: env.OPENAI_API_KEY,
      baseURL: own || 'https://api.openai.com/v1',
      lengthField: 'max_completion_tokens',
      chats: /^gpt-[\w.]+(-mini|-nano)?$/,
    };
  }
  throw new Error(
    [
      '--live needs an API key, and neither FLEXAI_API_KEY nor OPENAI_API_KEY is set.',
      'Make a key at https://tokens.flex.ai/dashboard/keys, then:',
      '  FLEXAI_API_KEY=sk-... npx -y pnpm@12 demo --live',
    ].join('\n'),
  );
}

async function findModel(fetch: ForbearFetch, { baseURL, key, chats }: Api): Promise<string> {
  const response = await fetch(`${baseURL}/models`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the list of models: ${describe(response, text)}`);
  const { data = [] } = JSON.parse(text) as { data?: readonly { readonly id: string }[] };
  const found = data.find(({ id }) => chats?.test(id) ?? true);
  if (found === undefined) throw new Error('no model was found; name one in FORBEAR_MODEL');
  return found.id;
}

async function ask(
  fetch: ForbearFetch,
  { baseURL, key, lengthField }: Api,
  model: string,
  question: string,
  screen: Screen,
): Promise<boolean> {
  try {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: question }],
        [lengthField]: MAX_TOKENS,
      }),
    });
    const text = await response.text();
    screen.line(response.ok ? readAnswer(text) : describe(response, text));
    explainTo(screen, response);
    return response.ok;
  } catch (error) {
    screen.line(error instanceof Error ? error.message : String(error));
    explainTo(screen, error);
    return false;
  }
}

function explainTo(screen: Screen, settled: unknown): void {
  const trace = traceOf(settled);
  if (trace !== undefined) screen.line(explain(trace));
}

function readAnswer(text: string): string {
  const { choices } = JSON.parse(text) as {
    readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[];
  };
  return choices?.[0]?.message?.content?.trim() || '(an empty answer)';
}

function describe({ status }: Response, text: string): string {
  return `status ${status}: ${text.replace(/\s+/g, ' ').slice(0, MAX_SHOWN)}`;
}
