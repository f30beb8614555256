import { namesCode } from './answer.js';
import { evidenceOf, TRANSIENT } from './answer-meaning.js';
import type { Failure } from './failure.js';
import { genericProfile } from './generic-profile.js';
import { type ErrorBody, readErrorBody, tellingCode, tellsFailure } from './http/error-body.js';
import { isRecord, valuesAt } from './http/json-place.js';
import type { ProfileRule, ProviderProfile } from './profile.js';

const EVENT_LINE = /^event: ?(.*)$/m;
const DATA_LINES = /^data: ?(.*)$/gm;

/** What these words mean in every stream; an answer says the same by its status. */
const IN_STREAMS: readonly ProfileRule[] = [
  {
    status: 429,
    code: ['rate_limit_exceeded', 'rate_limit_error', 'too_many_requests'],
    kind: 'rate-limited',
    because: 'a rate limit answers before the work',
  },
  {
    status: 200,
    code: ['max_output_tokens', 'content_filter'],
    kind: 'invalid',
    effect: 'done',
    because: 'the output ended at the length that it may have, or at a filter',
  },
];

/**
 * Reads one event of a stream that began with a 200: the failure that it tells of, if it tells of one.
 * What came after the first output was done, and is billed; a stream that holds nothing but a refusal
 * did nothing.
 *
 * @param text the lines of one server-sent event, or one JSON chunk
 * @param isFirst whether nothing came before it in the stream
 */
export function readStreamError(
  text: string,
  profile: ProviderProfile = genericProfile,
  isFirst = false,
): Failure | undefined {
  const data = [...text.matchAll(DATA_LINES)].map(([, line = '']) => line);
  const body = readErrorBody(data.length > 0 ? data.join('\n') : text);
  const names = namesOf(text, body);
  const isNamed = (profile.streamErrors ?? ['error']).some((name) => names.includes(name));
  if (!isNamed && !tellsFailure(body)) return undefined;
  const named: ErrorBody = { ...body, codes: [...body.codes, ...names] };
  const isMeant = (rule: ProfileRule) =>
    rule.code !== undefined &&
    namesCode(rule.code, named) &&
    (rule.headers ?? rule.keyed) === undefined &&
    (rule.message === undefined || rule.message.test(named.message));
  const rules = [...profile.rules, ...genericProfile.rules, ...IN_STREAMS];
  const rule = rules.find(isMeant);
  const { kind = 'server-error', because = 'the stream told of an error' } = rule ?? {};
  const transient = rule?.transient ?? TRANSIENT.has(kind);
  const effect = isFirst && rule !== undefined ? (rule.effect ?? 'none') : 'done';
  const code = tellingCode(body);
  return {
    kind,
    effect,
    evidence: evidenceOf(kind, effect, transient),
    transient,
    concerns: kind === 'rate-limited' || kind === 'quota-exhausted' ? 'key' : 'call',
    ...(code !== undefined && { code }),
    ...(rule !== undefined && profile.rules.includes(rule) && { ruleOf: profile.name }),
    because,
  };
}

/** The name of the event, what its JSON calls it, and the members of an exception's frame (AWS). */
function namesOf(text: string, { roots: [root] }: ErrorBody): readonly string[] {
  const named = [EVENT_LINE.exec(text)?.[1]?.trim(), ...valuesAt(root, 'type')];
  const members = isRecord(root) ? Object.keys(root).filter((name) => isRecord(root[name])) : [];
  return [...named, ...valuesAt(root, 'event_type'), ...members].filter(
    (name) => typeof name === 'string',
  );
}
