import {
  callKeyOf,
  executeUnchecked,
  fingerprintOf,
  type Policy,
  type RequestHeaders,
} from '@forbear/core';
import { attemptOwner, readWire, watchWire } from '#wire';
import { type FetchFinder, fetchFinder, registerFetch } from './bare-fetch.js';
import { planBody } from './body.js';
import { discardResponse } from './discard.js';
import {
  type FetchCallOptions,
  type FetchOptions,
  type ForbearFetch,
  type ForbearInit,
  readFetchOptions,
  splitInit,
} from './fetch-options.js';
import { gatherFacts } from './gather.js';
import { rebuildResponse } from './rebuild.js';
import { headersOf, type Init, type Input, methodOf, signalOf, urlOf } from './request-parts.js';

interface Client {
  readonly policy: Policy;
  readonly find: FetchFinder;
  readonly maxReplayBytes: number;
}

const NO_OPTIONS: FetchCallOptions = Object.freeze({});

/**
 * Makes a drop-in `fetch`: it repeats what is safe to repeat, waits as long as the server says, and
 * gives what the bare fetch gave on the last attempt: its very `Response`, or its very error.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function createFetch(options: FetchOptions = {}): ForbearFetch {
  const { policy, fetch: given, maxReplayBytes } = readFetchOptions(options);
  const client: Client = { policy, find: fetchFinder(given), maxReplayBytes };
  // Built as the global one is, with its name, its length and no other properties.
  function fetch(input: Input, init: ForbearInit | undefined = undefined): Promise<Response> {
    return start(client, input, init);
  }
  registerFetch(fetch, client.find);
  return fetch;
}

function start(client: Client, input: Input, given: ForbearInit | undefined): Promise<Response> {
  try {
    const { init, call } =
      given?.forbear === undefined ? { init: given, call: NO_OPTIONS } : splitInit(given);
    const owner = attemptOwner();
    const bare = client.find(owner === client);
    // Inside an attempt of ours somebody else waits and repeats already.
    if (owner !== undefined || call === false) return bare(input, init);
    return run(client, bare, input, init, call);
  } catch (error) {
    return Promise.reject(error);
  }
}

function run(
  client: Client,
  bare: typeof globalThis.fetch,
  input: Input,
  init: Init | undefined,
  call: FetchCallOptions,
): Promise<Response> {
  const { policy } = client;
  const { clock, provider } = policy;
  const signal = signalOf(input, init);
  const method = methodOf(input, init);
  const url = urlOf(input);
  const headers = headersOf(input, init) as RequestHeaders | undefined;
  const body = init?.body;
  const plan = planBody(input, init, call.body, client.maxReplayBytes, clock);
  let wire: ReturnType<typeof watchWire>['record'] | undefined;
  const send = (changed: Init | undefined) => {
    const { sending, record } = watchWire(client, () => bare(input, changed));
    wire = record;
    return sending;
  };
  return executeUnchecked<Response>(
    (attempt) => {
      const own = attempt.signal === signal ? init : { ...init, signal: attempt.signal ?? null };
      const patch = plan.patch?.(attempt.number);
      if (patch === undefined) return send(own);
      return Promise.resolve(patch).then((parts) => send({ ...own, ...parts }));
    },
    policy,
    {
      ...call,
      ...callKeyOf(policy, { method, url, headers, body }),
      method,
      signal,
      fingerprint: () => nameRequest(method, input, body),
      rebuild: rebuildResponse,
      gather(outcome, attempt) {
        if (wire !== undefined) wire.over = true;
        const ended = wire;
        const readSent = (error: unknown) =>
          ended === undefined ? 'unknown' : readWire(ended, error);
        return gatherFacts({ input, init, plan, provider, clock, readSent }, outcome, attempt);
      },
      discard: (response) => discardResponse(response, clock),
    },
  );
}

/** The same for the same request; `undefined` where its body cannot be compared. */
function nameRequest(method: string, input: Input, body: Init['body']): string | undefined {
  const isRequest = typeof input === 'object' && 'body' in input;
  const comparable = typeof body === 'string' || (!body && !isRequest);
  return comparable ? fingerprintOf(method, urlOf(input), body ?? '') : undefined;
}
