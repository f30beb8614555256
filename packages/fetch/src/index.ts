export type { BodyFactory } from './body-factory.js';
export { createFetch } from './create-fetch.js';
export type {
  FetchCallOptions,
  FetchOptions,
  ForbearFetch,
  ForbearInit,
} from './fetch-options.js';
