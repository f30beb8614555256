import type { Trace } from '@forbear/core';
import type { ContractCall } from './adapter.js';

/** A call as a test of the contract gives it; what is absent is as for a chat completion. */
export type GivenCall = Partial<ContractCall>;

/** A chat completion, as the body of a request. */
export const CHAT = JSON.stringify({
  model: 'test-model',
  messages: [{ role: 'user', content: 'Hello' }],
});

/** The whole call: with its name for the provider's bill, and who is told when it has settled. */
export function fillCall(
  given: GivenCall,
  id: string,
  onSettled: (trace: Trace) => void,
): ContractCall {
  const method = given.method ?? 'POST';
  const isPost = method === 'POST';
  const isChat = isPost && given.body === undefined;
  return {
    path: isPost ? '/chat/completions' : '/models',
    ...(isChat && { body: CHAT }),
    ...given,
    method,
    headers: {
      authorization: 'Bearer sk-test',
      'x-call-id': id,
      ...(isChat && { 'content-type': 'application/json' }),
      ...given.headers,
    },
    forbear: given.forbear === false ? false : { ...given.forbear, onSettled },
  };
}
