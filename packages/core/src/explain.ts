import { STOP_REASONS } from './stop-reason.js';
import type { AttemptTrace, Trace } from './trace.js';

/** Says in sentences what happened to a call, why it ended, and what its caller can do about it. */
export function explain(trace: Trace): string {
  const count = trace.attempts.length;
  const sentences = [
    `${count} attempt${count === 1 ? '' : 's'} in ${seconds(trace.elapsedMs)}.`,
    ...trace.attempts.map((each) => `${each.number}: ${describe(each, trace)}.`),
  ];
  if (trace.reason === 'aborted') sentences.push('Stopped: it was aborted.');
  if (trace.retryAt !== undefined) {
    sentences.push(`It may succeed after ${new Date(trace.retryAt).toISOString()}.`);
  }
  if (trace.outcome === 'success' && trace.possibleBills > 1) {
    sentences.push(`It may have been billed ${trace.possibleBills} times.`);
  }
  for (const note of trace.notes) sentences.push(`Note: ${note}.`);
  return sentences.join(' ');
}

function describe(attempt: AttemptTrace, trace: Trace): string {
  const { failure } = attempt;
  if (failure === undefined) return 'succeeded';
  const what = [failure.status, failure.kind].filter((each) => each !== undefined).join(' ');
  const detail = failure.code === undefined ? '' : ` (${failure.code})`;
  if (attempt.waitMs !== undefined) return `${what}${detail}, ${waited(attempt, attempt.waitMs)}`;
  return trace.reason === undefined || trace.reason === 'aborted'
    ? `${what}${detail}`
    : `${what}${detail}, stopped: ${whyStopped(attempt, trace)}`;
}

function waited({ told }: AttemptTrace, waitMs: number): string {
  return told === undefined
    ? `waited ${seconds(waitMs)} (backoff)`
    : `waited ${seconds(waitMs)} because ${told.by} said ${seconds(told.ms)}`;
}

function whyStopped({ failure, told }: AttemptTrace, trace: Trace): string {
  const { reason = 'permanent', method = 'it', provider } = trace;
  const { remedy, because } = STOP_REASONS[reason];
  switch (reason) {
    case 'may-have-been-done':
      return `${method} may have been processed and ${provider} honours no idempotency key; ${remedy}`;
    case 'permanent':
    case 'quota-exhausted':
      return `${failure?.because ?? because}; ${remedy}`;
    case 'retry-after-too-long':
      return `${told?.by ?? 'the server'} said ${seconds(told?.ms ?? 0)}, longer than maxRetryAfterMs; ${remedy}`;
    default:
      return `${because}; ${remedy}`;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
