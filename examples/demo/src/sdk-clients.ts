import { type Trace, traceOf } from '@forbear/core';
import { createOpenAIFetch } from '@forbear/openai';
import { flexai } from '@forbear/providers';
import OpenAI from 'openai';
import type { Client, Connection, Fetch } from './client.js';

/** The SDK as it comes: only its `fetch` is another one. */
function makeSdk(baseURL: string, fetch: Fetch): OpenAI {
  return new OpenAI({ apiKey: 'sk-demo', baseURL, fetch });
}

function complete(sdk: OpenAI, callId: string, onSettled?: (trace: Trace) => void) {
  return sdk.chat.completions.create(
    { model: 'fake-model', messages: [{ role: 'user', content: `Say hello to ${callId}.` }] },
    {
      headers: { 'x-call-id': callId },
      ...(onSettled && { fetchOptions: { forbear: { onSettled } } }),
    },
  );
}

/** The bare OpenAI SDK, which repeats twice whatever fails, after a 500 too. */
export function bareSdkClient({ baseURL, fetch }: Connection): Client {
  const sdk = makeSdk(baseURL, fetch);
  return async (callId) => {
    try {
      await complete(sdk, callId);
      return { end: 'answered' };
    } catch {
      return { end: 'failed' };
    }
  };
}

/** The same SDK with Forbear's fetch. */
export function forbearSdkClient({ baseURL, fetch }: Connection, repeatable: boolean): Client {
  const sdk = makeSdk(baseURL, createOpenAIFetch({ provider: flexai, repeatable, fetch }));
  return async (callId) => {
    let trace: Trace | undefined;
    try {
      await complete(sdk, callId, (settled) => {
        trace = settled;
      });
      return { end: 'answered', trace };
    } catch (error) {
      const known = traceOf(error) ?? trace;
      // An answer that breaks off was billed, and reading it is the caller's own business.
      const billed = known?.mayHaveBeenBilled || known?.outcome === 'success';
      return { end: billed ? 'left' : 'failed', trace: known };
    }
  };
}
