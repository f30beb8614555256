import type { Facts, HeaderSource } from './facts.js';
import { genericProfile } from './generic-profile.js';
import { type ErrorBody, hasMembers } from './http/error-body.js';
import { readHeader } from './http/headers.js';
import { honoursKey } from './idempotency-key.js';
import { finite } from './next-wait.js';
import type { ProfileRule, ProviderProfile } from './profile.js';
import { matchesWildcard } from './wildcard.js';

/** What rules look at. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderSource | undefined;
  readonly body: ErrorBody;
  /** Whether an earlier attempt carried the idempotency key that this one answers, an honoured one. */
  readonly keyed: boolean;
  /** The members that each of the provider's own error bodies has. */
  readonly envelope: readonly string[];
}

const OPENAI_ENVELOPE: readonly string[] = ['error.message'];

/** AWS writes a URL behind its word, and its own libraries write a name space before it. */
const HEADER_CODE = /^[\w.#-]{1,100}(?=:|,|$)/;

/** What rules look at in these facts; `undefined`: no answer came. */
export function answerOf(
  facts: Facts,
  profile: ProviderProfile,
  body: ErrorBody,
): Answer | undefined {
  const { status, headers } = facts;
  if (status === undefined) return undefined;
  const keyed = finite(facts.attempt, 1) > 1 && honoursKey(facts, profile);
  const envelope = profile.envelope ?? OPENAI_ENVELOPE;
  return { status, headers, body: withCodeOf(headers, profile, body), keyed, envelope };
}

/** The body, and the word by which a header names its error. */
function withCodeOf(
  headers: HeaderSource | undefined,
  { codeIn }: ProviderProfile,
  body: ErrorBody,
): ErrorBody {
  if (codeIn === undefined) return body;
  const word = HEADER_CODE.exec(readHeader(headers, codeIn) ?? '')?.[0];
  return word === undefined ? body : { ...body, codes: [...body.codes, word] };
}

/** The first rule that applies. */
export function findRule(rules: readonly ProfileRule[], answer: Answer): ProfileRule | undefined {
  return rules.find((rule) => matchesRule(rule, answer));
}

/** Whether a rule looks at more than the status. */
export function isSpecific({ envelope, code, message, headers, keyed }: ProfileRule): boolean {
  return (envelope ?? code ?? message ?? headers ?? keyed) !== undefined;
}

/**
 * Whether the body of an answer with this status decides what it means, so that it must be read; of a
 * success only where the profile says that errors hide in it.
 */
export function isBodyTelling(status: number, profile: ProviderProfile): boolean {
  let statuses = tellingStatuses.get(profile);
  if (statuses === undefined) {
    statuses = new Set([...profile.rules, ...genericProfile.rules].flatMap(statusesToldByBody));
    tellingStatuses.set(profile, statuses);
  }
  return statuses.has(status);
}

/** Asked after each call, so it is found out once. */
const tellingStatuses = new WeakMap<ProviderProfile, ReadonlySet<number>>();

function statusesToldByBody({ status, envelope, code, message }: ProfileRule): readonly number[] {
  const looksAtBody = (envelope ?? code ?? message) !== undefined;
  return [status].flat().filter((each) => each < 400 || looksAtBody);
}

/** Whether a rule is about this status. */
export function isAbout(rule: ProfileRule, status: number): boolean {
  return typeof rule.status === 'number' ? rule.status === status : rule.status.includes(status);
}

/** Whether all that a rule names is so. */
export function matchesRule(rule: ProfileRule, answer: Answer): boolean {
  return (
    isAbout(rule, answer.status) &&
    (rule.envelope === undefined || hasMembers(answer.body, answer.envelope)) &&
    (rule.keyed === undefined || answer.keyed) &&
    (rule.code === undefined || namesCode(rule.code, answer.body)) &&
    (rule.message === undefined || rule.message.test(answer.body.message)) &&
    (rule.headers === undefined || hasHeaders(rule.headers, answer.headers))
  );
}

/** Whether a body names its error by one of these words. */
export function namesCode(codes: readonly string[], body: ErrorBody): boolean {
  return codes.some((code) => body.codes.some((word) => matchesWildcard(code, word)));
}

function hasHeaders(
  wanted: Readonly<Record<string, string>>,
  headers: HeaderSource | undefined,
): boolean {
  return Object.entries(wanted).every(([name, pattern]) => {
    const value = readHeader(headers, name);
    return value !== undefined && matchesWildcard(pattern, value);
  });
}
