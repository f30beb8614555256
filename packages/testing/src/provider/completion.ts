import { type Answer, answerJson } from './answer.js';

const WORDS = ['This', ' answer', ' was', ' made', ' by', ' a', ' fake', ' provider', '.'];

/** What a chat completion is made of. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  readonly promptTokens: number;
}

/** What a request takes of a limit of tokens: those of its prompt and of its answer; 0: it is none. */
export function countTokens(body: Buffer): number {
  try {
    const { messages } = JSON.parse(body.toString('utf8')) as { messages?: unknown };
    return messages === undefined ? 0 : promptTokensOf(messages) + WORDS.length;
  } catch {
    return 0;
  }
}

/** The tokens of a prompt: a quarter of the characters of its JSON. */
export function promptTokensOf(messages: unknown): number {
  return Math.ceil(JSON.stringify(messages).length / 4);
}

function usageOf(promptTokens: number) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: WORDS.length,
    total_tokens: promptTokens + WORDS.length,
  };
}

/** A chat completion in one piece. */
export function answerCompletion({ id, model, created, promptTokens }: Completion): Answer {
  const message = { role: 'assistant', content: WORDS.join('') };
  return answerJson(200, {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: usageOf(promptTokens),
  });
}

/** The same answer as a message of Anthropic's API (docs.anthropic.com, Messages). */
export function answerMessage({ id, model, promptTokens }: Completion): Answer {
  return answerJson(200, {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: WORDS.join('') }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: promptTokens, output_tokens: WORDS.length },
  });
}

/** The same completion as server-sent events: a role, the words, an end, the usage, `[DONE]`. */
export function answerStream({ id, model, created, promptTokens }: Completion): Answer {
  const head = { id, object: 'chat.completion.chunk', created, model };
  const choice = (delta: object, finish: string | null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const events = [
    choice({ role: 'assistant', content: '' }, null),
    ...WORDS.map((word) => choice({ content: word }, null)),
    choice({}, 'stop'),
    { ...head, choices: [], usage: usageOf(promptTokens) },
  ];
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    chunks: [...events.map((event) => JSON.stringify(event)), '[DONE]'].map(
      (data) => `data: ${data}\n\n`,
    ),
  };
}
