import { makeCall } from './axios-call.js';
import type { Adapter, AnyAdapter, SentConfig } from './bare-axios.js';
import type { Client, Wrapping } from './wrapping.js';

/** On our adapters; another copy of this package knows it too. */
const MARK = Symbol.for('@forbear/axios');

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
