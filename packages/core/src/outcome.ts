import type { Facts, HeaderSource } from './facts.js';

/** How an attempt ended: a value or what was thrown, never a control flow. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** The gathering of `execute` where no adapter brings its own: statuses of responses and errors. */
export function gatherOutcome(outcome: Outcome<unknown>): Facts {
  if (outcome.ok) return readSafely(() => readAnswer(outcome.value)) ?? {};
  const { error } = outcome;
  const answer = readSafely(
    () => readAnswer(error) ?? readAnswer((error as { response?: unknown } | null)?.response),
  );
  // `throw undefined` is a failure too.
  return answer ?? { error: error ?? 'nothing was thrown' };
}

/** What cannot even be looked at is no answer. */
function readSafely(read: () => Facts | undefined): Facts | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What looks like an answer: a status of HTTP, perhaps with headers. */
function readAnswer(value: unknown): Facts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { status, headers } = value as { status?: unknown; headers?: unknown };
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 599) {
    return undefined;
  }
  return typeof headers === 'object' && headers !== null
    ? { status, headers: headers as HeaderSource }
    : { status };
}
