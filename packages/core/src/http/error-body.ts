import { toPrintable } from './printable.js';

/** What the body of an error answer says, as far as it can be read. */
export interface ErrorBody {
  /** Whether it is an API's own envelope: an `error` object with a message in it. */
  readonly envelope: boolean;
  /** At most 100 characters. */
  readonly type?: string;
  /** At most 100 characters; numbers become text. */
  readonly code?: string;
  /** At most 300 characters. */
  readonly message?: string;
}

const NOTHING: ErrorBody = Object.freeze({ envelope: false });

/** UTF-16 units of a body that are read; what is longer is no error message. */
const MOST_READ = 64 * 1_024;
const MOST_MESSAGE = 300;
const MOST_WORD = 100;

/**
 * Reads the body of an error answer. Never throws. It knows OpenAI's envelope
 * `{error: {message, type, code}}` (flex.ai, Groq, DeepSeek, and Anthropic's with `type: 'error'`
 * around it), the same in an array (Gemini), `{error: 'text'}` (Hugging Face, xAI) and the bare
 * `{code, message}` (Mistral, Fireworks). Control characters go from all that is read.
 *
 * @param text the body or its beginning; JSON that is cut off counts as none
 */
export function readErrorBody(text: string | undefined): ErrorBody {
  if (typeof text !== 'string' || text.length > MOST_READ) return NOTHING;
  const parsed = parseJson(text);
  const outer: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isRecord(outer)) return NOTHING;
  const { error } = outer;
  if (isRecord(error)) return describe(error, error.message, typeof error.message === 'string');
  return describe(outer, typeof error === 'string' ? error : outer.message, false);
}

function describe(
  record: Readonly<Record<string, unknown>>,
  said: unknown,
  envelope: boolean,
): ErrorBody {
  const type = readText(record.type, MOST_WORD);
  const code = readText(record.code, MOST_WORD);
  const message = readText(said, MOST_MESSAGE);
  return { envelope, ...(type && { type }), ...(code && { code }), ...(message && { message }) };
}

/** The text of a string or a number; `''` for everything else. */
function readText(value: unknown, most: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? toPrintable(value, most) : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
