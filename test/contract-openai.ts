import { setMaxListeners } from 'node:events';
import type { FetchCallOptions } from '@forbear/fetch';
import { createOpenAIFetch } from '@forbear/openai';
import type { AdapterUnderTest, ContractAnswer } from '@forbear/testing/contract';
import OpenAI, { APIConnectionTimeoutError, APIError } from 'openai';
import { connectFetch } from './contract-fetch.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The answer in an error of the SDK, which has read it and kept the JSON of an error alone. */
function answerIn(error: unknown): ContractAnswer | undefined {
  if (!(error instanceof APIError) || error.status === undefined) return undefined;
  const { status, headers, message } = error;
  const text = error.error === undefined ? message : JSON.stringify({ error: error.error });
  return { status, headers, text, handed: error };
}

/** An OpenAI client with our fetch, as the contract sees it. */
export function openaiAdapterOf(name: string, maxRetries: number | undefined): AdapterUnderTest {
  return {
    name,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    stream: (text) => new Blob([text]).stream(),
    answerOf: answerIn,
    isTimeout: (error) => error instanceof APIConnectionTimeoutError,
    connect({ policy, baseURL, maxSockets }) {
      const { bare, close } = connectFetch(maxSockets);
      const client = new OpenAI({
        apiKey: 'sk-test',
        baseURL,
        fetch: policy ? createOpenAIFetch({ policy, fetch: bare }) : bare,
        ...(policy ? maxRetries !== undefined && { maxRetries } : { maxRetries: 0 }),
      });
      return {
        async call({ method, forbear, signal, ...call }) {
          // The SDK adds a listener for each call, and Node warns of more than ten.
          if (signal) setMaxListeners(0, signal);
          const response = await client
            .request({
              ...call,
              method: method.toLowerCase() as Method,
              ...(signal && { signal }),
              ...(policy && { fetchOptions: { forbear: forbear as FetchCallOptions | false } }),
            })
            .asResponse();
          const { status, headers } = response;
          return { status, headers, text: await response.text(), handed: response };
        },
        close,
      };
    },
  };
}
