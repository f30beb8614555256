import type { Failure } from './failure.js';
import { STOP_REASONS, type StopReason } from './stop-reason.js';
import type { AttemptTrace, Trace } from './trace.js';

/** What ends a call is none of its attempts then. */
const BESIDE_ATTEMPTS: ReadonlySet<StopReason | undefined> = new Set([
  'policy-threw',
  'queue-full',
  'never-fits',
]);

/** A shorter hold would be told as 0.0 s. */
const LEAST_TOLD_MS = 50;

/** How much later than asked a busy machine may fire a timer. */
const LATE_TIMER_MS = 250;

/** Says in sentences what happened to a call, why it ended, and what its caller can do about it. */
export function explain(trace: Trace): string {
  const { attempts, reason } = trace;
  const count = attempts.length;
  const sentences = [
    `${count === 0 ? 'No' : count} attempt${count > 1 ? 's' : ''} in ${seconds(trace.elapsedMs)}.`,
    ...heldBefore(trace, 1),
    ...attempts.flatMap((each) => [
      `${each.number}: ${describe(each, trace)}.`,
      ...heldBefore(trace, each.number + 1),
    ]),
  ];
  const stopTold = attempts.at(-1) !== undefined && endedWithAttempt(trace);
  if (reason === 'aborted') sentences.push('Stopped: it was aborted.');
  else if (reason !== undefined && !stopTold) sentences.push(`Stopped: ${whyHeldBack(trace)}.`);
  if (trace.retryAt !== undefined) {
    sentences.push(`It may succeed after ${new Date(trace.retryAt).toISOString()}.`);
  }
  if (trace.possibleBills > 1) {
    sentences.push(`It may have been billed ${trace.possibleBills} times.`);
  }
  for (const note of trace.notes) sentences.push(`Note: ${note}.`);
  return sentences.join(' ');
}

/** Whether the last attempt itself ended the call; otherwise something did that came after it. */
function endedWithAttempt({ attempts, refusal, reason }: Trace): boolean {
  return (
    refusal === undefined && !BESIDE_ATTEMPTS.has(reason) && attempts.at(-1)?.waitMs === undefined
  );
}

function heldBefore({ holds, key }: Trace, attempt: number): readonly string[] {
  return holds
    .filter(({ beforeAttempt, heldMs }) => beforeAttempt === attempt && heldMs >= LEAST_TOLD_MS)
    .map(({ heldMs, queued }) =>
      queued
        ? `Queued ${seconds(heldMs)} by the limiter of ${key}.`
        : `Held ${seconds(heldMs)}: the calls of ${key} were told to wait.`,
    );
}

function describe(attempt: AttemptTrace, trace: Trace): string {
  const { failure, number } = attempt;
  if (failure === undefined) return 'succeeded';
  const what = name(failure);
  const known = failure.ruleOf === undefined ? `${what},` : `${what}: ${rule(failure)};`;
  if (attempt.waitMs !== undefined) return `${known} ${waited(attempt, attempt.waitMs, trace.key)}`;
  const { reason } = trace;
  const isLast = number === trace.attempts.length && endedWithAttempt(trace);
  if (reason === undefined || reason === 'aborted' || !isLast) return known.slice(0, -1);
  const tellsRule = reason === 'permanent' || reason === 'quota-exhausted';
  return `${tellsRule ? `${what},` : known} stopped: ${whyStopped(attempt, trace)}`;
}

/** The rule in words, and whose it is. */
function rule({ because, ruleOf }: Failure): string {
  return ruleOf === undefined ? because : `${because}, says ${ruleOf}`;
}

function name({ status, kind, bucket, code }: Failure): string {
  const what = [status, kind].filter((each) => each !== undefined).join(' ');
  const detail = bucket ?? code;
  const tellsNothing = detail === undefined || detail === String(status) || detail === '0';
  return tellsNothing ? what : `${what} (${detail})`;
}

function waited({ told }: AttemptTrace, waitMs: number, key: string): string {
  if (told === undefined) return `waited ${seconds(waitMs)} (backoff)`;
  if (told.atLeast) {
    return `waited ${seconds(waitMs)} because ${told.by} said at least ${seconds(told.ms)}`;
  }
  const said = `${told.by} said ${seconds(told.ms)}`;
  return waitMs <= told.ms * 1.1 + LATE_TIMER_MS
    ? `waited ${seconds(waitMs)} because ${said}`
    : `waited ${seconds(waitMs)}: ${said}, and other calls of ${key} were told more or went first`;
}

function whyStopped({ failure, told }: AttemptTrace, trace: Trace): string {
  const { reason = 'permanent', method = 'it', provider } = trace;
  const { remedy, because } = STOP_REASONS[reason];
  switch (reason) {
    case 'may-have-been-done':
      return trace.idempotencyKeyHonoured
        ? `${method} may have been processed and carried no idempotency key; send one, or ${remedy}`
        : `${method} may have been processed and ${provider} honours no idempotency key; ${remedy}`;
    case 'permanent':
    case 'quota-exhausted':
      return `${failure ? rule(failure) : because}; ${remedy}`;
    case 'retry-after-too-long':
      return `${told?.by ?? 'the server'} said ${seconds(told?.ms ?? 0)}, longer than maxRetryAfterMs; ${remedy}`;
    default:
      return `${because}; ${remedy}`;
  }
}

/** Why a call ended in a wait or in a gate. */
function whyHeldBack({ reason = 'permanent', refusal, rebuilt, key }: Trace): string {
  const { because, remedy } = STOP_REASONS[reason];
  if (refusal === undefined) return `${because}; ${remedy}`;
  if (reason === 'repetition') {
    return `the same call got ${name(refusal)} before and may have been processed, so it was not sent again; ${remedy}`;
  }
  const by = `another call of ${key} got ${name(refusal)}, ${rule(refusal)}`;
  const how = rebuilt ? 'refused without a request, with the answer of that call' : because;
  return `${by}; ${how}; ${remedy}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
