import type { Layer } from '@forbear/core';

const IN_A_LOOP = 'let it make one attempt: what is safe to repeat is repeated here';

/** By what their requests say of themselves; the first that matches holds. */
const LAYERS: readonly (readonly [header: string, pattern: RegExp, layer: Layer])[] = [
  [
    'user-agent',
    /\bai-sdk\//,
    {
      name: 'the Vercel AI SDK',
      remedy: 'give maxRetries: 0 to generateText, streamText and their relatives',
    },
  ],
  [
    'user-agent',
    /\blangchainjs\b/,
    {
      name: 'LangChain.js',
      remedy: 'give maxRetries: 0 to its model, as in new ChatOpenAI({ maxRetries: 0 })',
    },
  ],
  [
    'x-stainless-retry-count',
    /^0$/,
    { name: 'a loop around the SDK', remedy: `if it is your own, ${IN_A_LOOP}` },
  ],
  [
    'x-stainless-retry-count',
    /./,
    {
      name: 'the SDK itself',
      remedy: 'give it createOpenAIFetch() of @forbear/openai as its fetch, or maxRetries: 0',
    },
  ],
];

/** Names what makes a call, if its request tells. */
export function nameLayer(header: (name: string) => string): Layer | undefined {
  return LAYERS.find(([name, pattern]) => pattern.test(header(name)))?.[2];
}
