import { type Clock, shareTrace, type Trace } from '@forbear/core';
import { peekBody } from '@forbear/fetch';
import { markFinal } from './final-answer.js';
import type { Refuse, Verdict } from './verdict-memory.js';

/** Characters of an error body that are kept; one that is longer is cut off. */
const MOST_KEPT = 2048;

const KEPT_HEADER = /^content-type$|request-id$|rate-?limit|^retry-after/;

/**
 * The verdict on a call that threw. It is final, unless the SDK's own timer cut off a wait or an
 * attempt that did nothing, or nothing that may not be done twice: the bare SDK goes on there.
 *
 * @param trace `undefined`: it was made inside an attempt of another call of ours, which repeats it
 */
export function judgeError(error: unknown, trace: Trace | undefined, mayRepeat: boolean): Verdict {
  const isCut = trace?.reason === 'aborted';
  if (isCut && (mayRepeat || didNothing(trace))) return 'send';
  return () => Promise.reject(error);
}

/**
 * The verdict on an answer that failed. An SDK that comes again although the answer forbids it has its
 * own reason, such as a new token after a 401: it may, if nothing was done.
 */
export function judgeAnswer(
  response: Response,
  trace: Trace | undefined,
  clock: Clock,
  signal: AbortSignal | undefined,
): Verdict {
  if (trace !== undefined && didNothing(trace)) return 'send';
  const { status, statusText, headers } = response;
  const kept = [...headers].filter(([name]) => KEPT_HEADER.test(name));
  const body = peekBody(response, clock, signal).then((text) => text.slice(0, MOST_KEPT));
  const traced = traceHolder(response);
  return async () => {
    const again = new Response(await body, { status, statusText, headers: kept });
    shareTrace(traced, again);
    markFinal(again);
    return again;
  };
}

/** The verdict on an answer whose body the SDK's own timer cut off: the work was done. */
export function judgeCutBody(response: Response): Refuse {
  const { status } = response;
  const traced = traceHolder(response);
  return () => {
    const error = new DOMException(
      `the body of the answer (${status}) timed out; it is not requested again, because the work ` +
        "was done and is billed: raise the SDK's timeout, or set repeatable: true to accept a " +
        'double bill',
      'TimeoutError',
    );
    shareTrace(traced, error);
    return Promise.reject(error);
  };
}

/** Ends a repetition of a call of which nothing is remembered, and which may have been done. */
export function refuseUnknown(retryCount: number): Promise<never> {
  return Promise.reject(
    new TypeError(
      `this is retry ${retryCount} of a call of which nothing is remembered, so it may have been ` +
        'processed; it was not sent: set repeatable: true to accept a double bill',
    ),
  );
}

function didNothing({ attempts }: Trace): boolean {
  return attempts.every(({ failure }) => failure === undefined || failure.effect === 'none');
}

/** Something that has the trace of `response` and does not keep it in memory. */
function traceHolder(response: Response): object {
  const holder = {};
  shareTrace(response, holder);
  return holder;
}
