import {
  type Clock,
  carriesIdempotencyKey,
  type Facts,
  type HeaderSource,
  type IdempotencyKey,
  isBodyTelling,
  type Outcome,
  type ProviderProfile,
} from '@forbear/core';
import type { AxiosResponse, SentConfig } from './bare-axios.js';
import type { BodyPlan } from './body.js';
import { answerOf } from './discard.js';
import { readMistake } from './mistake.js';
import { peekData } from './peek.js';
import { requestHeadersOf } from './request-headers.js';
import type { Sender } from './sender.js';

/** What the facts of a call's attempts are gathered from. */
export interface Gathering {
  readonly config: SentConfig;
  readonly plan: BodyPlan;
  readonly sender: Sender;
  readonly provider: ProviderProfile;
  /** The honoured key that each attempt carries. */
  readonly idempotencyKey: IdempotencyKey | undefined;
  readonly clock: Clock;
  /** Whether a limiter wants the headers of successes too. */
  readonly limited: boolean;
}

/** What an attempt is judged by whose body could not be made: a mistake of the program. */
const NO_BODY = new TypeError('the body could not be made');

/** UTF-16 units of a success that is looked at, where its API hides errors in successes. */
const MOST_OF_A_SUCCESS = 16 * 1024;

/** The facts of an attempt; those of a success cost nothing, unless its API hides errors in successes. */
export function gatherFacts(
  from: Gathering,
  outcome: Outcome<AxiosResponse>,
): Facts | Promise<Facts> {
  const answer = outcome.ok ? outcome.value : answerOf(outcome.error);
  const status = statusOf(answer);
  const { provider, limited } = from;
  if (outcome.ok && (status === undefined || status < 400) && !isTelling(answer, provider)) {
    if (status === undefined) return {};
    return limited && answer !== undefined ? { status, headers: readHeaders(answer) } : { status };
  }
  if (!from.sender.began) return { error: NO_BODY, sent: 'no' };
  const { config, plan, clock, idempotencyKey } = from;
  const shared: Facts = {
    sent: 'yes',
    replayable: plan.replayable,
    hasIdempotencyKey:
      idempotencyKey !== undefined || carriesIdempotencyKey(requestHeadersOf(config), provider),
    idempotencyKeyHonoured: idempotencyKey !== undefined,
  };
  if (answer === undefined || status === undefined) return gatherError(from, shared, outcome);
  if (status < 400 && !outcome.ok) {
    // `validateStatus` refused what is an answer all the same, or its body broke.
    if (isRefused(config, status)) return { status };
    const mistake = readMistake(outcome.error);
    if (mistake !== undefined) return { ...shared, error: mistake };
    return { ...shared, status, error: outcome.error };
  }
  const headers = readHeaders(answer);
  const body = peekData(answer.data, clock);
  if (!(body instanceof Promise)) return { ...shared, status, headers, body };
  return body.then((text) => ({ ...shared, status, headers, body: text }));
}

/** Whether an answer that looks like a success may hold an error: a small JSON, at some APIs. */
function isTelling(answer: AxiosResponse | undefined, provider: ProviderProfile): boolean {
  if (answer === undefined || !isBodyTelling(answer.status, provider)) return false;
  const { data, headers } = answer;
  return (
    typeof data === 'string' &&
    data.length <= MOST_OF_A_SUCCESS &&
    /^application\/(.+\+)?json\b/i.test(String(headers?.['content-type']))
  );
}

function gatherError({ sender }: Gathering, shared: Facts, outcome: Outcome<AxiosResponse>): Facts {
  const error = outcome.ok ? undefined : outcome.error;
  const mistake = readMistake(error);
  const sent = sender.readSent(error);
  // Somebody may throw nothing at all.
  if (mistake === undefined) return { ...shared, sent, error: error ?? 'nothing was thrown' };
  const hasRequest = (error as { request?: unknown }).request !== undefined;
  return { ...shared, sent: sent === 'unknown' && !hasRequest ? 'no' : sent, error: mistake };
}

function statusOf(answer: AxiosResponse | undefined): number | undefined {
  const status: unknown = answer?.status;
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100;
  return isStatus && status <= 599 ? status : undefined;
}

/** As a record: the headers of axios 1.0 cannot be listed. */
function readHeaders({ headers }: AxiosResponse): HeaderSource {
  const { toJSON } = (headers ?? {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(headers) : ((headers ?? {}) as HeaderSource);
}

function isRefused({ validateStatus }: SentConfig, status: number): boolean {
  return typeof validateStatus === 'function' && !validateStatus(status);
}
