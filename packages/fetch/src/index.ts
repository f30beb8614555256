export { registerWrapper } from './bare-fetch.js';
export type { BodyFactory } from './body-factory.js';
export { createFetch } from './create-fetch.js';
export {
  type FetchCallOptions,
  type FetchOptions,
  type ForbearFetch,
  type ForbearInit,
  readFetchOptions,
} from './fetch-options.js';
export { copyInit } from './kept-init.js';
export { peekBody } from './peek.js';
export {
  headersOf,
  type Init,
  type Input,
  methodOf,
  signalOf,
  urlOf,
} from './request-parts.js';
