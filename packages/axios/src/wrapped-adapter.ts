import type { Outcome, Policy } from '@forbear/core';
import { makeCall } from './axios-call.js';
import type { Adapter, AnyAdapter, AxiosResponse, BareAxios, SentConfig } from './bare-axios.js';

/** On our adapters; another copy of this package knows it too. */
const MARK = Symbol.for('@forbear/axios');

/** What the calls of an instance share. */
export interface Client {
  readonly policy: Policy;
  readonly bare: BareAxios;
}

/** A call that was given up because it may have been done, and what it ended with. */
export interface Refrained {
  readonly fingerprint: string;
  readonly outcome: Outcome<AxiosResponse>;
}

/** The adapter of one call, and of whatever replays its config. */
export interface Wrapping {
  readonly client: Client;
  /** The adapter that sends. */
  readonly adapter: AnyAdapter;
  /** A number that no other has. */
  readonly id: number;
  refrained: Refrained | undefined;
}

let wrappings = 0;

/** Makes an adapter that sends by `adapter`, as often as the policy says. */
export function wrapAdapter(
  client: Client,
  adapter: AnyAdapter,
  onSent: (config: SentConfig) => void,
): Adapter {
  const wrapping: Wrapping = { client, adapter, id: ++wrappings, refrained: undefined };
  const wrapped = async (config: SentConfig) => {
    onSent(config);
    return makeCall(wrapping, config);
  };
  return Object.defineProperty(wrapped, MARK, { value: true });
}

/** Whether an adapter is one of ours. */
export function isWrapped(adapter: unknown): boolean {
  return typeof adapter === 'function' && MARK in adapter;
}
