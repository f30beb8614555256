import type { HeaderSource } from '../facts.js';
import { isRecord, parseJson, valuesAt } from './json-place.js';
import { toPrintable } from './printable.js';

/** What the body of an answer says of an error, as far as it can be read. */
export interface ErrorBody {
  /** The parsed body, out of its array; then the JSON that its message holds, if it holds any. */
  readonly roots: readonly unknown[];
  /** The words by which it names the error, each once and at most 100 characters. */
  readonly codes: readonly string[];
  /** At most 2,000 characters. */
  readonly message: string;
}

/**
 * Where bodies name their error: OpenAI and its kind, Google's details, Anthropic's and OpenRouter's
 * own, flat ones (Mistral, xAI, Discord, Notion), AWS, Slack, GraphQL, problem details (RFC 9457).
 */
export const ERROR_PLACES: readonly string[] = [
  'error.code',
  'error.type',
  'error.status',
  'error.error_type',
  'error.details.error_code',
  'error.details[].reason',
  'error.details[].violations[].quotaId',
  'error.metadata.error_type',
  'error.metadata.limit_source',
  'error.metadata.reason',
  'error.metadata.provider_code',
  'error.availability.code',
  'code',
  'type',
  'error_type',
  'status',
  '__type',
  'error',
  'errors[].code',
  'errors[].type',
  'errors[].extensions.code',
  'choices[].error.code',
  'choices[].error.metadata.error_type',
  'choices[].finish_reason',
  'response.error.code',
  'response.incomplete_details.reason',
];

const MESSAGE_PLACES: readonly string[] = [
  'error.message',
  'message',
  'error',
  'detail',
  'title',
  'errors[].message',
  'choices[].error.message',
  'response.error.message',
];

/** Where a success has nothing, or nothing that is true. */
const FAILURE_PLACES: readonly string[] = ['error', 'errors[]', 'choices[].error'];

/** Where a success has what was asked for, whole or in part. */
const OUTPUT_PLACES: readonly string[] = ['choices[]', 'content[]', 'output[]', 'data'];

const NOTHING: ErrorBody = Object.freeze({ roots: [], codes: [], message: '' });

/** UTF-16 units of a body that are read; what is longer is no error message. */
const MOST_READ = 64 * 1_024;
const MOST_MESSAGE = 2_000;
const MOST_WORD = 100;

/**
 * Reads the body of an error answer. Never throws. Control characters go from all that is read.
 *
 * @param text the body or its beginning; JSON that is cut off counts as none
 */
export function readErrorBody(text: string | undefined): ErrorBody {
  if (typeof text !== 'string' || text.length > MOST_READ) return NOTHING;
  const root = outOfArray(parseJson(text));
  if (!isRecord(root)) return NOTHING;
  const message = readMessage(root);
  // Google's OpenAI-compatible endpoint, and proxies, put the JSON of another error into a message.
  const inner = /^\s*[[{]/.test(message) ? outOfArray(parseJson(message)) : undefined;
  const roots = isRecord(inner) ? [root, inner] : [root];
  const codes = roots.flatMap((each) => ERROR_PLACES.flatMap((place) => valuesAt(each, place)));
  return {
    roots,
    codes: [...new Set(codes.map((each) => readText(each, MOST_WORD)).filter(Boolean))],
    message: toPrintable(readMessage(inner) || message, MOST_MESSAGE),
  };
}

/** The word that tells people the most: a name before a number, and no sentence. */
export function tellingCode({ codes }: ErrorBody): string | undefined {
  const words = codes.filter((code) => !/\s/.test(code));
  return words.find((code) => !/^\d+$/.test(code)) ?? words[0];
}

/** Whether each of these members is in the body itself. */
export function hasMembers({ roots }: ErrorBody, places: readonly string[]): boolean {
  return places.every((place) =>
    valuesAt(roots[0], place).some((value) => value !== undefined && value !== null),
  );
}

/** Whether the body of a success tells of a failure all the same. */
export function tellsFailure({ roots, codes }: ErrorBody): boolean {
  if (FAILURE_PLACES.some((place) => valuesAt(roots[0], place).some(Boolean))) return true;
  return codes.includes('error');
}

/** The headers that a body repeats (OpenRouter), which may be hidden by CORS. */
export function headersInBody({ roots }: ErrorBody): HeaderSource | undefined {
  return valuesAt(roots[0], 'error.metadata.headers').find(isRecord);
}

/** Whether there is some output in the body, beside an error or not. */
export function holdsOutput({ roots }: ErrorBody): boolean {
  return OUTPUT_PLACES.some((place) => valuesAt(roots[0], place).some(Boolean));
}

/** Whether the body itself says that a retry is of no use (OpenRouter). */
export function forbidsRetry({ roots }: ErrorBody): boolean {
  return valuesAt(roots[0], 'error.availability.retryable')[0] === false;
}

function readMessage(root: unknown): string {
  for (const place of MESSAGE_PLACES) {
    const [found] = valuesAt(root, place);
    if (typeof found === 'string' && found !== '') return found.slice(0, MOST_READ);
  }
  return '';
}

/** The text of a string or a number; `''` for everything else. */
function readText(value: unknown, most: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? toPrintable(value, most) : '';
}

function outOfArray(parsed: unknown): unknown {
  return Array.isArray(parsed) ? parsed[0] : parsed;
}
