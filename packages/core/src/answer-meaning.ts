import type { Answer } from './answer.js';
import type { Facts } from './facts.js';
import type { Effect, Evidence, Failure, FailureKind } from './failure.js';
import { readRenewal } from './http/body-delay.js';
import { holdsOutput, tellingCode } from './http/error-body.js';
import { readRateLimits } from './http/rate-limit.js';
import { serverNow } from './http/server-now.js';
import { finite } from './next-wait.js';
import type { ProfileRule, ProviderProfile } from './profile.js';
import { msUntilRenewal } from './renewal.js';
import { meaningOf } from './status-table.js';

/** What an answer is judged with. */
interface Judging {
  readonly facts: Facts;
  readonly profile: ProviderProfile;
  /** Whether the answer holds a valid Retry-After. */
  readonly hasRetryAfter: boolean;
}

/** Kinds that pass by themselves; the others need somebody to change something. */
export const TRANSIENT: ReadonlySet<FailureKind> = new Set([
  'rate-limited',
  'overloaded',
  'server-error',
  'network',
  'timeout',
  'unknown',
]);

/** What an answer means to which a rule applies. */
export function meaningOfRule(
  rule: ProfileRule,
  answer: Answer,
  { facts, profile, hasRetryAfter }: Judging,
): Failure {
  const { kind, transient = TRANSIENT.has(kind), leastWaitMs, because } = rule;
  const effect = effectOf(rule, answer);
  const ofKey = kind === 'quota-exhausted' || isOfKey(kind, answer.status, hasRetryAfter);
  return {
    kind,
    effect,
    evidence: evidenceOf(kind, effect, transient),
    transient,
    concerns: ofKey ? 'key' : 'call',
    ...whatIsKnown(answer),
    ...bucketOf(kind, rule.bucket, answer, { facts, profile }),
    ...(kind === 'quota-exhausted' && renewalOf(rule, answer, finite(facts.nowMs, 0))),
    ...(leastWaitMs !== undefined && { leastWaitMs }),
    ...(profile.rules.includes(rule) && { ruleOf: profile.name }),
    because,
  };
}

/** What became of the work; a success with output beside its error has done some of it. */
function effectOf({ effect = 'none' }: ProfileRule, { status, body }: Answer): Effect {
  return effect === 'none' && status < 400 && holdsOutput(body) ? 'unknown' : effect;
}

/** What an answer means to which no rule applies, by the status tables. */
export function meaningOfStatus(
  answer: Answer,
  { facts, profile, hasRetryAfter }: Judging,
): Failure {
  const meaning = meaningOf(answer.status, hasRetryAfter);
  // Of an unknown API a bare 402 concerns its own call: only a known code means the wallet of all.
  const concerns = isOfKey(meaning.kind, answer.status, hasRetryAfter) ? 'key' : 'call';
  const bucket = bucketOf(meaning.kind, undefined, answer, { facts, profile });
  return { ...meaning, concerns, ...whatIsKnown(answer), ...bucket };
}

/** When a used-up allowance is renewed: as the body says, or else as the provider's page does. */
function renewalOf(
  { renews }: ProfileRule,
  { headers, body }: Answer,
  nowMs: number,
): Pick<Failure, 'resetsAt'> {
  const serverNowMs = serverNow(headers, nowMs);
  const waitMs = readRenewal(body, serverNowMs) ?? (renews && msUntilRenewal(renews, serverNowMs));
  return waitMs === undefined ? {} : { resetsAt: nowMs + waitMs };
}

function whatIsKnown({ status, body }: Answer): Pick<Failure, 'status' | 'code'> {
  const code = tellingCode(body);
  return code === undefined ? { status } : { status, code };
}

/** Which limit was hit: the one that is empty, or that the rule or the body names. */
function bucketOf(
  kind: FailureKind,
  named: string | undefined,
  { headers, body }: Answer,
  { facts, profile }: Pick<Judging, 'facts' | 'profile'>,
): Pick<Failure, 'bucket'> {
  if (kind !== 'rate-limited') return {};
  const limits = readRateLimits(headers, finite(facts.nowMs, 0), profile.limits);
  const empty = limits.find(({ remaining, name }) => remaining === 0 && name !== 'default');
  const said = profile.limits?.find(({ name }) => body.codes.includes(name));
  const bucket = empty?.name ?? named ?? said?.name;
  return bucket === undefined ? {} : { bucket };
}

function isOfKey(kind: FailureKind, status: number, hasRetryAfter: boolean): boolean {
  if (kind === 'rate-limited') return true;
  return kind === 'overloaded' && hasRetryAfter && (status === 503 || status === 529);
}

/** How the effect that a rule names is known. */
export function evidenceOf(kind: FailureKind, effect: Effect, transient: boolean): Evidence {
  if (effect === 'done') return 'answered';
  if (effect === 'unknown') return 'unproven';
  if (kind === 'rate-limited') return 'refused';
  return transient ? 'vouched' : 'rejected';
}

/** What it means that an answer began well and then broke. */
export function brokenAnswer(status: number): Failure {
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
