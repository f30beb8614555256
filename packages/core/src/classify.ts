import type { Facts } from './facts.js';
import type { Effect, Evidence, Failure, FailureKind } from './failure.js';
import { genericProfile } from './generic-profile.js';
import { type ErrorBody, readErrorBody } from './http/error-body.js';
import { type NetworkError, readNetworkError } from './network-error.js';
import type { ProfileRule, ProviderProfile } from './profile.js';
import { meaningOf } from './status-table.js';

/** Kinds that pass by themselves; the others need somebody to change something. */
const TRANSIENT: ReadonlySet<FailureKind> = new Set([
  'rate-limited',
  'overloaded',
  'server-error',
  'network',
  'timeout',
  'unknown',
]);

/** Whether the attempt gave what was asked for. */
export function isSuccess(facts: Facts): boolean {
  const { status, error, timedOut, aborted } = facts;
  if (status !== undefined && status >= 400) return false;
  return error === undefined && !timedOut && (!aborted || status !== undefined);
}

/**
 * Says what was wrong with a failed attempt and what became of its work, by tables: the first rule
 * that matches holds, the profile's before the generic ones, and those that look at the body before
 * those for a whole status.
 *
 * @param hasRetryAfter whether the answer holds a valid Retry-After
 */
export function classify(
  facts: Facts,
  profile: ProviderProfile = genericProfile,
  hasRetryAfter = false,
): Failure {
  const { status } = facts;
  if (status === undefined) return byError(facts);
  return status >= 400 ? byStatus(status, facts, profile, hasRetryAfter) : brokenAnswer(status);
}

function byStatus(
  status: number,
  facts: Facts,
  profile: ProviderProfile,
  hasRetryAfter: boolean,
): Failure {
  const body = readErrorBody(facts.body);
  const code = body.code ?? body.type;
  const known = code === undefined ? { status } : { status, code };
  // What a profile says of a whole status does not hide the codes that mean the same everywhere.
  const rule =
    findRule(profile.rules.filter(isSpecific), status, body) ??
    findRule(genericProfile.rules, status, body) ??
    findRule(profile.rules, status, body);
  if (rule === undefined) {
    const meaning = meaningOf(status, hasRetryAfter);
    // Of an unknown API a bare 402 concerns its own call: only a known code means the wallet of all.
    const concerns = isOfKey(meaning.kind, status, hasRetryAfter) ? 'key' : 'call';
    return { ...meaning, concerns, ...known };
  }
  const { kind, effect = 'none', transient = TRANSIENT.has(kind), because } = rule;
  const ofKey = kind === 'quota-exhausted' || isOfKey(kind, status, hasRetryAfter);
  return {
    kind,
    effect,
    evidence: evidenceOf(kind, effect, transient),
    transient,
    concerns: ofKey ? 'key' : 'call',
    because,
    ...known,
  };
}

function isOfKey(kind: FailureKind, status: number, hasRetryAfter: boolean): boolean {
  if (kind === 'rate-limited') return true;
  return kind === 'overloaded' && hasRetryAfter && (status === 503 || status === 529);
}

function isSpecific({ envelope, type, code }: ProfileRule): boolean {
  return (envelope ?? type ?? code) !== undefined;
}

function findRule(
  rules: readonly ProfileRule[],
  status: number,
  body: ErrorBody,
): ProfileRule | undefined {
  return rules.find(
    (rule) =>
      rule.status === status &&
      (rule.envelope === undefined || body.envelope) &&
      (rule.type === undefined || (body.type !== undefined && rule.type.includes(body.type))) &&
      (rule.code === undefined || (body.code !== undefined && rule.code.includes(body.code))),
  );
}

function evidenceOf(kind: FailureKind, effect: Effect, transient: boolean): Evidence {
  if (effect === 'done') return 'answered';
  if (effect === 'unknown') return 'unproven';
  if (kind === 'rate-limited') return 'refused';
  return transient ? 'vouched' : 'rejected';
}

function brokenAnswer(status: number): Failure {
  return {
    kind: 'network',
    effect: 'done',
    evidence: 'answered',
    transient: true,
    concerns: 'call',
    status,
    because: 'the answer had begun, so the work was done',
  };
}

function byError(facts: Facts): Failure {
  const found = readNetworkError(facts.error);
  const code = found.code === undefined ? {} : { code: found.code };
  const [effect, evidence] = effectOf(found, facts.sent);
  return { ...meaningOfError(found, facts), effect, evidence, concerns: 'call', ...code };
}

function effectOf(found: NetworkError, sent: Facts['sent']): [Effect, Evidence] {
  if (found.phase === 'refused-stream') return ['none', 'refused-stream'];
  if (sent === 'no') return ['none', 'not-sent'];
  // A redirect can be sent and then fail to connect elsewhere: the wire outranks the code.
  if (sent === 'yes') return ['unknown', 'sent'];
  if (found.phase === 'connect' || found.unsent) return ['none', 'not-sent'];
  return ['unknown', 'unproven'];
}

function meaningOfError(
  found: NetworkError,
  facts: Facts,
): Pick<Failure, 'kind' | 'transient' | 'because'> {
  if (facts.aborted) return { kind: 'aborted', transient: false, because: 'the caller aborted it' };
  if (facts.timedOut)
    return { kind: 'timeout', transient: true, because: 'its time limit ran out' };
  switch (found.phase) {
    case 'abort':
      return { kind: 'aborted', transient: false, because: 'it was aborted' };
    case 'mistake':
      return { kind: 'invalid', transient: false, because: 'the request or the program is wrong' };
    case 'timeout':
      return { kind: 'timeout', transient: true, because: 'the connection timed out' };
    case 'connect':
      return { kind: 'network', transient: true, because: 'no connection could be made' };
    case 'refused-stream':
      return {
        kind: 'network',
        transient: true,
        because: 'the server refused the stream (RFC 9113, 8.7)',
      };
    case 'broken':
      return { kind: 'network', transient: true, because: 'the connection broke' };
    case 'other':
      return { kind: 'unknown', transient: true, because: 'the error is not a known one' };
  }
}
