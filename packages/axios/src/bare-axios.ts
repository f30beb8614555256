import type { AxiosHeaders, AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import type { AxiosCallOptions } from './axios-options.js';

export type { AxiosInstance, AxiosResponse };

declare module 'axios' {
  // Without its type parameters, of which the versions of axios have different numbers.
  interface AxiosRequestConfig {
    /** What Forbear is to do otherwise in this call; `false` makes it a bare one. */
    forbear?: AxiosCallOptions | false | undefined;
  }
}

/** The config of a call as an adapter gets it. */
export interface SentConfig extends Omit<AxiosRequestConfig, 'adapter' | 'headers'> {
  adapter?: AnyAdapter;
  headers: AxiosHeaders;
}

/** A transport. */
export type Adapter = (config: SentConfig) => Promise<AxiosResponse>;

/** A transport, its name, or a list of such. */
export type AnyAdapter = Adapter | string | readonly (Adapter | string)[] | undefined;

type ErrorClass<Given extends unknown[]> = new (...given: Given) => Error;

/** The errors of one copy of axios; a program may have several, and each knows only its own. */
export interface ErrorClasses {
  readonly AxiosError: ErrorClass<
    [message: string, code: string, config: unknown, request: unknown, response: unknown]
  >;
  readonly CanceledError: ErrorClass<[message: unknown, config: unknown]>;
}

/** What axios does without us, and in its own version. */
export interface BareAxios {
  /** Sends one request by the adapter that its config names. */
  send(config: SentConfig): Promise<AxiosResponse>;
  /** The whole URL of a request. */
  urlOf(config: SentConfig): string;
  readonly errors: Promise<ErrorClasses>;
}

/** What an inner request carries past the defaults that axios would merge into a config. */
interface Carrier {
  readonly carried?: () => SentConfig;
}

/**
 * Finds what belongs to the axios of `instance`. Its names of adapters are resolved by an inner
 * instance: the version itself knows which there are, and only some can be asked.
 */
export function findBareAxios(instance: AxiosInstance): BareAxios {
  const inner = instance.create();
  inner.interceptors.request.use((config) => {
    const { carried } = config as Carrier;
    return (carried?.() as typeof config | undefined) ?? config;
  });
  const errors = findErrors(inner);
  errors.catch(() => {});
  return {
    errors,
    send(config) {
      const { adapter } = config;
      if (typeof adapter === 'function') return adapter(config);
      // The outer request has transformed the body, and will transform the answer.
      const bare = { ...config, transformRequest: undefined, transformResponse: undefined };
      const carrier: Carrier = { carried: () => bare as unknown as SentConfig };
      return inner.request(carrier as AxiosRequestConfig);
    },
    urlOf({ url = '', baseURL, params, paramsSerializer, allowAbsoluteUrls }) {
      // What axios would make of it otherwise is known, and takes it longer than all else here.
      if (baseURL === undefined && params === undefined) return url;
      const parts = { url, baseURL, params, paramsSerializer, allowAbsoluteUrls };
      try {
        return instance.getUri(parts as AxiosRequestConfig);
      } catch {
        // The adapter will say what is wrong with it.
        return url;
      }
    },
  };
}

/** A request that is aborted before it begins shows the classes of its errors. */
async function findErrors(inner: AxiosInstance): Promise<ErrorClasses> {
  const controller = new AbortController();
  controller.abort();
  const canceled: unknown = await inner
    .request({ url: '', signal: controller.signal })
    .catch((error: unknown) => error);
  const { constructor: CanceledError } = canceled as {
    constructor: ErrorClasses['CanceledError'];
  };
  const { constructor: AxiosError } = Object.getPrototypeOf(CanceledError.prototype);
  return { CanceledError, AxiosError };
}
