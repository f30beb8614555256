import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createOpenAIFetch } from './create-openai-fetch.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Makes a call, and gives what keeps none of its request alive. */
async function callOnce(signal: AbortSignal): Promise<WeakRef<object>> {
  const fetch = createOpenAIFetch({ fetch: async () => new Response('{}') });
  const headers = { 'x-stainless-retry-count': '0' };
  const init = { method: 'POST', body: 'text', headers, signal };
  const response = await fetch('https://api.openai.com/v1/chat/completions', init);
  await response.text();
  return new WeakRef(init);
}

test('a signal that lives on keeps nothing of the calls that were answered', async () => {
  const { signal } = new AbortController();
  const request = await callOnce(signal);
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(request.deref()).toBeUndefined();
  expect(signal.aborted).toBe(false);
});
