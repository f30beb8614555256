import { answerOf, findRule, isSpecific, matchesRule } from './answer.js';
import { brokenAnswer, meaningOfRule, meaningOfStatus } from './answer-meaning.js';
import type { Facts } from './facts.js';
import type { Effect, Evidence, Failure } from './failure.js';
import { genericProfile } from './generic-profile.js';
import { type ErrorBody, readErrorBody, tellsFailure } from './http/error-body.js';
import { type NetworkError, readNetworkError } from './network-error.js';
import type { ProviderProfile } from './profile.js';

/** Whether the attempt gave what was asked for. */
export function isSuccess(facts: Facts, profile: ProviderProfile = genericProfile): boolean {
  const { status, error, timedOut, aborted, body } = facts;
  if (status !== undefined && status >= 400) return false;
  if (error !== undefined || timedOut || (aborted && status === undefined)) return false;
  return body === undefined || status === undefined || !isFailedSuccess(facts, profile);
}

/** Whether a success is an error by a rule of the profile. Only adapters of such profiles give its body. */
function isFailedSuccess(facts: Facts, profile: ProviderProfile): boolean {
  const body = readErrorBody(facts.body);
  if (!tellsFailure(body)) return false;
  const answer = answerOf(facts, profile, body);
  return answer !== undefined && profile.rules.some((rule) => matchesRule(rule, answer));
}

/**
 * Says what was wrong with a failed attempt and what became of its work, by tables: the first rule
 * that matches holds, the profile's before the generic ones, and those that look at more than the
 * status before those that do not.
 *
 * @param hasRetryAfter whether the answer holds a valid Retry-After
 */
export function classify(
  facts: Facts,
  profile: ProviderProfile = genericProfile,
  hasRetryAfter = false,
  body: ErrorBody = readErrorBody(facts.body),
): Failure {
  const answer = answerOf(facts, profile, body);
  if (answer === undefined) return byError(facts);
  const { status } = answer;
  // What a profile says of a whole status does not hide the codes that mean the same everywhere.
  const rule =
    findRule(profile.rules.filter(isSpecific), answer) ??
    findRule(genericProfile.rules, answer) ??
    findRule(profile.rules, answer);
  if (rule !== undefined && (status >= 400 || tellsFailure(body))) {
    return meaningOfRule(rule, answer, { facts, profile, hasRetryAfter });
  }
  return status >= 400
    ? meaningOfStatus(answer, { facts, profile, hasRetryAfter })
    : brokenAnswer(status);
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
