export { createOpenAIFetch } from './create-openai-fetch.js';
export type { OpenAIFetchOptions } from './openai-fetch-options.js';
