import {
  attemptUnderWay,
  type CallOptions,
  callKeyOf,
  executeUnchecked,
  fingerprintOf,
  type IdempotencyKey,
  idempotencyKeyOf,
  type Policy,
  type RequestHeaders,
  readRequestHeader,
} from '@forbear/core';
import { type Fetch, type FetchFinder, fetchFinder, registerFetch } from './bare-fetch.js';
import { planBody } from './body.js';
import { discardResponse } from './discard.js';
import {
  carriesOptions,
  type FetchCallOptions,
  type FetchOptions,
  type ForbearFetch,
  type ForbearInit,
  readFetchOptions,
  splitInit,
} from './fetch-options.js';
import { type Gathering, gatherFacts } from './gather.js';
import { keepInit } from './kept-init.js';
import { nameLayer } from './layer.js';
import { readerOfUsage } from './read-usage.js';
import { rebuildResponse } from './rebuild.js';
import {
  headersOf,
  type Init,
  type Input,
  methodOf,
  requestOf,
  signalOf,
  urlOf,
} from './request-parts.js';
import { type Arguments, Sender } from './sender.js';

interface Client {
  readonly policy: Policy;
  readonly find: FetchFinder;
  readonly maxReplayBytes: number;
  readonly discard: (response: Response) => void;
}

/** What an attempt is judged by whose body could not be made: a mistake of the program. */
const NO_BODY = new TypeError('the body could not be made');

/**
 * Makes a drop-in `fetch`: it repeats what is safe to repeat, waits as long as the server says, and
 * gives what the bare fetch gave on the last attempt: its very `Response`, or its very error.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function createFetch(options: FetchOptions = {}): ForbearFetch {
  const { policy, fetch: given, maxReplayBytes } = readFetchOptions(options);
  const client: Client = {
    policy,
    find: fetchFinder(given),
    maxReplayBytes,
    discard: (response) => discardResponse(response, policy.clock),
  };
  // Built as the global one is, with its name, its length and no other properties.
  function fetch(input: Input, init: ForbearInit | undefined = undefined): Promise<Response> {
    return start(client, input, init);
  }
  registerFetch(fetch, client.find);
  return fetch;
}

function start(client: Client, input: Input, given: ForbearInit | undefined): Promise<Response> {
  try {
    const split = carriesOptions(given) ? splitInit(given) : undefined;
    const init = split === undefined ? given : split.kept;
    const outer = attemptUnderWay();
    const bare = client.find(outer?.owner === client);
    // Inside an attempt of ours somebody else waits and repeats already.
    if (outer !== undefined || split?.call === false) return bare(input, init);
    const kept = split === undefined ? keepInit(given) : init;
    return run(client, bare, { input, init }, kept, split?.call);
  } catch (error) {
    return Promise.reject(error);
  }
}

function run(
  client: Client,
  bare: Fetch,
  given: Arguments,
  init: Init | undefined,
  limits: FetchCallOptions | undefined,
): Promise<Response> {
  const { policy, maxReplayBytes, discard } = client;
  const { clock, limiter } = policy;
  const keepsBodies = policy.refuseRepeatsMs !== undefined;
  const limited = limiter !== undefined;
  const method = methodOf(given.input, init);
  const url = urlOf(given.input);
  const signal = signalOf(given.input, init);
  // A URL can be changed, a text cannot.
  const input = requestOf(given.input) ?? url;
  const headers = headersOf(input, init) as RequestHeaders | undefined;
  const body = init?.body;
  const { key, showKey, provider, notes } = callKeyOf(policy, { method, url, headers, body });
  const plan = planBody(input, init, limits?.body, maxReplayBytes, clock);
  const idempotencyKey = idempotencyKeyOf(policy, provider, { method, url, headers });
  const kept = { input, init: withIdempotencyKey(input, init, idempotencyKey) };
  const asGiven = kept.init === init ? given : { ...given, init: kept.init };
  const sender = new Sender(asGiven, kept, { owner: client, bare, signal, plan });
  const call: CallOptions<Response> = {
    key,
    showKey,
    provider,
    notes,
    method,
    signal,
    fingerprint: () => nameRequest(method, input, url, body),
    layer: () => nameLayer((name) => readRequestHeader(headers, name) ?? ''),
    rebuild: rebuildResponse,
    gather(outcome, attempt) {
      const readSent = sender.end();
      if (!sender.began) return { error: NO_BODY, sent: 'no' };
      // Without a spread, which would cost more than all else here.
      const from: Gathering = {
        input,
        init,
        plan,
        provider,
        idempotencyKey,
        clock,
        keepsBodies,
        limited,
        readSent,
      };
      return gatherFacts(from, outcome, attempt);
    },
    discard,
  };
  if (limited) {
    const openBody = (response: Response) => sender.openBody(response);
    Object.assign(call, { body, readUsage: readerOfUsage(clock, signal), openBody });
  }
  // A spread of both would be several times as slow.
  if (limits !== undefined) Object.assign(call, limits);
  const settled = executeUnchecked((attempt) => sender.send(attempt), policy, call);
  sender.letGo();
  return settled;
}

/** The same with the header of a key that was minted; nothing that its caller has is changed. */
function withIdempotencyKey(
  input: Input,
  init: Init | undefined,
  key: IdempotencyKey | undefined,
): Init | undefined {
  if (key?.minted === undefined) return init;
  const headers = new Headers(headersOf(input, init));
  headers.set(key.header, key.minted);
  return { ...init, headers };
}

/** The same for the same request; `undefined` where its body cannot be compared. */
function nameRequest(
  method: string,
  input: Input,
  url: string,
  body: Init['body'],
): string | undefined {
  const comparable = typeof body === 'string' || (!body && requestOf(input) === undefined);
  return comparable ? fingerprintOf(method, url, body ?? '') : undefined;
}
