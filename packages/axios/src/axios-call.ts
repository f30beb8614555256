import {
  attemptUnderWay,
  type CallOptions,
  callKeyOf,
  executeUnchecked,
  fingerprintOf,
  idempotencyKeyOf,
  type Outcome,
  STOP_REASONS,
  traceOf,
} from '@forbear/core';
import { isNode } from '#raw-body';
import { readCallOptions } from './axios-options.js';
import type { AxiosResponse, SentConfig } from './bare-axios.js';
import { AS_IS, planBody } from './body.js';
import { watchAborts } from './call-signal.js';
import { discardAnswer } from './discard.js';
import { gatherFacts } from './gather.js';
import { openBodyOf } from './open-body.js';
import { readAnswer } from './read-answer.js';
import { rebuildOutcome } from './rebuild.js';
import { requestHeadersOf } from './request-headers.js';
import { Sender } from './sender.js';
import { transportOf } from './transport.js';
import type { Wrapping } from './wrapping.js';

/** Makes one call of axios by the engine. */
export async function makeCall(wrapping: Wrapping, config: SentConfig): Promise<AxiosResponse> {
  const { adapter, client } = wrapping;
  const { policy, bare } = client;
  const limits = readCallOptions(config.forbear);
  // Inside an attempt of ours somebody else waits and repeats already.
  if (limits === false || attemptUnderWay() !== undefined) {
    return new Sender(wrapping, config, AS_IS, undefined).send({ number: 1, signal: undefined });
  }
  // A copy is made before the caller can change what was given.
  const transport = transportOf(adapter, isNode);
  const plan = planBody(config, limits?.body);
  const errors = await bare.errors;
  const aborts = watchAborts(config, transport, errors);
  const { signal } = aborts;
  const method = (config.method ?? 'get').toUpperCase();
  const url = bare.urlOf(config);
  const { data } = config;
  const headers = requestHeadersOf(config);
  const callKey = callKeyOf(policy, { method, url, headers, body: data });
  const { provider } = callKey;
  const idempotencyKey = idempotencyKeyOf(policy, provider, { method, url, headers });
  if (idempotencyKey?.minted !== undefined) {
    config.headers.set(idempotencyKey.header, idempotencyKey.minted);
  }
  const sender = new Sender(wrapping, config, plan, signal);
  const { clock, limiter } = policy;
  const limited = limiter !== undefined;
  const from = { config, plan, sender, provider, idempotencyKey, clock, limited };
  // What cannot be compared is known again by its config alone.
  const fingerprint = () =>
    typeof (data ?? '') === 'string'
      ? fingerprintOf(method, url, data ?? '')
      : fingerprintOf(method, url, '', String(wrapping.id));
  const call: CallOptions<AxiosResponse> = {
    ...callKey,
    method,
    signal,
    fingerprint,
    standing() {
      const { refrained } = wrapping;
      const isRepeatable = limits?.repeatable ?? policy.repeatable;
      if (isRepeatable || refrained?.fingerprint !== fingerprint()) return undefined;
      return refrained.outcome;
    },
    rebuild: (refusal) => rebuildOutcome(refusal, { config, transport, errors }),
    gather: (outcome) => gatherFacts(from, outcome),
    discard: (answer) => discardAnswer(answer, clock),
    ...(limited && { body: data, readUsage: readAnswer, openBody: openBodyOf }),
    ...limits,
  };
  const outcome = await settle(executeUnchecked((attempt) => sender.send(attempt), policy, call));
  aborts.release();
  sender.end(outcome);
  wrapping.refrained = wasRefrained(outcome) ? { outcome, fingerprint: fingerprint() } : undefined;
  if (outcome.ok) return outcome.value;
  throw aborts.toAxios(outcome.error);
}

function settle<T>(running: Promise<T>): Promise<Outcome<T>> {
  return running.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  );
}

/** Whether a call was given up because its work may have been done. */
function wasRefrained(outcome: Outcome<AxiosResponse>): boolean {
  if (outcome.ok && outcome.value.status < 400) return false;
  const reason = traceOf(outcome.ok ? outcome.value : outcome.error)?.reason;
  return reason !== undefined && STOP_REASONS[reason].question === 'safe';
}
