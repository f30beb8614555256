import {
  isEnabled,
  isIdempotent,
  type Policy,
  type RequestHeaders,
  type Trace,
} from '@forbear/core';
import {
  copyInit,
  createFetch,
  type FetchCallOptions,
  type ForbearFetch,
  type ForbearInit,
  headersOf,
  type Input,
  methodOf,
  readFetchOptions,
  registerWrapper,
  signalOf,
} from '@forbear/fetch';
import { auto } from '@forbear/providers';
import { onCutBody } from './cut-body.js';
import { markFinal } from './final-answer.js';
import type { OpenAIFetchOptions } from './openai-fetch-options.js';
import { nameRequest, type RequestName } from './request-name.js';
import { readSdkRequest, type SdkRequest } from './sdk-request.js';
import { judgeAnswer, judgeCutBody, judgeError, refuseUnknown } from './verdict.js';
import { type Verdict, VerdictMemory } from './verdict-memory.js';

interface Client {
  readonly inner: ForbearFetch;
  readonly policy: Policy;
  readonly memory: VerdictMemory;
}

/** One request of an SDK. */
interface Call {
  readonly signal: AbortSignal | undefined;
  /** Whether it may be done twice. */
  readonly mayRepeat: boolean;
  /** Remembers how it ended, where the SDK says which attempt it is. */
  readonly remember: ((verdict: Verdict) => void) | undefined;
  /** `undefined`: it was made once, inside an attempt of another call of ours. */
  trace: Trace | undefined;
}

/**
 * Makes the `fetch` of an OpenAI client, or of one of its relatives, such as Anthropic's: the only
 * owner of retries, whatever the client's `maxRetries` says.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function createOpenAIFetch(options: OpenAIFetchOptions = {}): ForbearFetch {
  const {
    policy,
    fetch: bare,
    maxReplayBytes,
  } = readFetchOptions(withProvider(options), 'createOpenAIFetch');
  const inner = createFetch({ policy, fetch: bare, maxReplayBytes });
  const client = { inner, policy, memory: new VerdictMemory(policy.clock) };
  // Built as the global one is, with its name, its length and no other properties.
  function fetch(input: Input, init: ForbearInit | undefined = undefined): Promise<Response> {
    try {
      return start(client, input, init);
    } catch (error) {
      return Promise.reject(error);
    }
  }
  registerWrapper(fetch, inner);
  return fetch;
}

/** Picks the provider by URL where nobody names one; what are no options is left to be refused. */
function withProvider(options: OpenAIFetchOptions): OpenAIFetchOptions {
  if (typeof options !== 'object' || options === null) return options;
  const isNamed = (options.policy ?? options.provider) !== undefined;
  return isNamed ? options : { ...options, provider: auto };
}

function start(client: Client, input: Input, init: ForbearInit | undefined): Promise<Response> {
  const { inner, policy, memory } = client;
  const options = init?.forbear;
  const isInit = typeof (init ?? {}) === 'object';
  if (options === false || !isInit || !isEnabled()) return inner(input, init);
  const sdk = readSdkRequest(headersOf(input, init) as RequestHeaders | undefined);
  const mayRepeat =
    (options?.repeatable ?? policy.repeatable) || isIdempotent(methodOf(input, init));
  let name: RequestName | undefined;
  const nameOnce = () => {
    name ??= nameRequest(input, init);
    return name;
  };
  const remember = sdk && ((verdict: Verdict) => memory.add(nameOnce(), sdk.retryCount, verdict));
  if (sdk !== undefined && sdk.retryCount > 0) {
    const verdict = memory.take(nameOnce(), sdk.retryCount);
    if (verdict === undefined && !mayRepeat) return refuseUnknown(sdk.retryCount);
    if (typeof verdict === 'function') {
      remember?.(verdict);
      return verdict();
    }
  }
  const call: Call = { signal: signalOf(input, init), mayRepeat, remember, trace: undefined };
  const forbear = limitsOf(call, options ?? {}, sdk, policy);
  return finish(client, call, inner(input, Object.assign(copyInit(init ?? {}), { forbear })));
}

/** The options of a call, with what its SDK's timer leaves it; wrong ones are left to be refused. */
function limitsOf(
  call: Call,
  options: FetchCallOptions,
  sdk: SdkRequest | undefined,
  policy: Policy,
): FetchCallOptions {
  const { deadlineMs = policy.deadlineMs, onSettled } = options;
  if (onSettled !== undefined && typeof onSettled !== 'function') return options;
  const { timeoutMs = Number.POSITIVE_INFINITY } = sdk ?? {};
  return {
    ...options,
    ...(timeoutMs < (deadlineMs ?? Number.POSITIVE_INFINITY) && { deadlineMs: timeoutMs }),
    onSettled(trace) {
      call.trace = trace;
      return onSettled?.(trace);
    },
  };
}

/** Hands out how a call ended so that the SDK does not repeat it, and remembers it if it does. */
async function finish(
  { policy: { clock } }: Client,
  call: Call,
  settling: Promise<Response>,
): Promise<Response> {
  const { signal, mayRepeat, remember } = call;
  let response: Response;
  try {
    response = await settling;
  } catch (error) {
    remember?.(judgeError(error, call.trace, mayRepeat));
    throw error;
  }
  if (response.ok) {
    if (signal && remember && !mayRepeat) {
      // An SDK may come again when its timer cuts off the body.
      const verdict = judgeCutBody(response);
      onCutBody(signal, response, () => remember(verdict));
    }
    return response;
  }
  remember?.(judgeAnswer(response, call.trace, clock, signal));
  markFinal(response);
  return response;
}
