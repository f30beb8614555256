import { ask, type TokenCount } from '@forbear/core';
import { measureText } from './text-size.js';

/** What is known of a request whose tokens are to be estimated. */
export interface TokenRequest {
  /** Its body as it is sent: a text, bytes, or something with a size; `undefined`: nobody knows it. */
  readonly body: unknown;
}

/** Counts the tokens of a request; `undefined`: it cannot, so the estimate of the limiter holds. */
export type TokenEstimator = (request: TokenRequest) => TokenCount | undefined;

/** Counts the tokens of a call by what its caller said and by its body. */
export type TokenCounter = (said: TokenCount | undefined, body: unknown) => Tokens;

/** Tokens of a request: input, and output that it allows. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
}

const NONE: Tokens = Object.freeze({ input: 0, output: 0 });
const BYTES_PER_TOKEN = 4;
/** What is taken for a picture or a file that stands in the body as base64. */
const TOKENS_PER_FILE = 1_000;
/** A longer body is not looked into; no API takes one of JSON. */
const MOST_READ = 64 * 1_024 * 1_024;

/** The members that say how much output is allowed, as OpenAI, Anthropic and Gemini name them. */
const ALLOWED =
  /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens|max_tokens_to_sample)"\s*:\s*(\d{1,9})/g;
/** How many answers are asked for. */
const ANSWERS = /"(?:n|candidateCount)"\s*:\s*(\d{1,3})/;

/**
 * Estimates tokens from the bytes of a body, four for each token, and from the output that it allows. A
 * quote inside of a JSON text is escaped, so no message can look like a member.
 */
export function estimateTokens(body: unknown): Tokens {
  const text = textOf(body);
  if (text === undefined) return { input: Math.ceil(sizeOf(body) / BYTES_PER_TOKEN), output: 0 };
  const { bytes, files } = measureText(text);
  const allowed = [...text.matchAll(ALLOWED)].map(([, digits]) => Number(digits));
  const answers = Number(ANSWERS.exec(text)?.[1] ?? 1);
  return {
    input: Math.ceil(bytes / BYTES_PER_TOKEN) + files * TOKENS_PER_FILE,
    output: Math.max(0, ...allowed) * Math.max(1, answers),
  };
}

/** Counts by what was said, else by the user's own estimator, else by the body. A throw is no answer. */
export function tokenCounter(own: TokenEstimator | undefined): TokenCounter {
  return (said, body) => {
    if (said !== undefined) return tokensOf(said);
    const counted = own && askEstimator(own, body);
    if (counted !== undefined) return tokensOf(counted);
    return ask(() => estimateTokens(body)) ?? NONE;
  };
}

/** Nobody waits for a promise, so it is no count. */
function askEstimator(own: TokenEstimator, body: unknown): TokenCount | undefined {
  return ask(() => {
    const counted: unknown = own({ body });
    if (counted instanceof Promise) counted.catch(() => {});
    return isTokenCount(counted) ? counted : undefined;
  });
}

/** Whether it can be meant: what an estimator gives is not believed unseen. */
function isTokenCount(value: unknown): value is TokenCount {
  const isCount = (each: unknown) =>
    typeof each === 'number' && each >= 0 && each <= Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return isCount(value);
  const { input, output } = value as { input?: unknown; output?: unknown };
  return isCount(input) && isCount(output);
}

/** Both parts of a count; where only the sum is known it stands for the input. */
export function tokensOf(count: TokenCount): Tokens {
  return typeof count === 'number' ? { input: count, output: 0 } : count;
}

function textOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body.length > MOST_READ ? undefined : body;
  if (!(body instanceof ArrayBuffer) && !ArrayBuffer.isView(body)) return undefined;
  if (body.byteLength > MOST_READ) return undefined;
  return new TextDecoder().decode(body);
}

function sizeOf(body: unknown): number {
  if (typeof body === 'string') return body.length;
  if (typeof body !== 'object' || body === null) return 0;
  const { byteLength, size } = body as { byteLength?: unknown; size?: unknown };
  const bytes = byteLength ?? size;
  return typeof bytes === 'number' && bytes >= 0 ? bytes : 0;
}
