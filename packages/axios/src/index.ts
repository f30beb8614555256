export { attachForbear } from './attach.js';
export type { AxiosCallOptions, AxiosOptions } from './axios-options.js';
export type { BodyFactory } from './body-factory.js';
