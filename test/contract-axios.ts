import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { attachForbear } from '@forbear/axios';
import type { AdapterUnderTest, BodyKind, ContractAnswer } from '@forbear/testing/contract';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { Agent as Dispatcher } from 'undici';
import { load, type Version } from './axios-rig.js';

function toAnswer(response: AxiosResponse, handed: unknown = response): ContractAnswer {
  const { status, headers, data } = response;
  const get = (name: string) => headers[name] as unknown;
  return { status, headers: { get }, text: String(data), handed };
}

/** The bodies that are sent as the bare axios sends them; only the newest one writes forms as we do. */
const BODIES: Readonly<Record<string, readonly BodyKind[]>> = {
  'axios-1.0': ['bytes', 'buffer', 'search-params'],
  axios: ['bytes', 'buffer', 'search-params', 'blob', 'form'],
};

/** An instance of axios with a policy, as the contract sees it. */
export function axiosAdapter(version: Version, config: AxiosRequestConfig = {}): AdapterUnderTest {
  const isWeb = config.adapter === 'fetch';
  return {
    name: isWeb ? `${version} by fetch` : version,
    stream: (text) => Readable.from([Buffer.from(text)]),
    bodies: (isWeb ? undefined : BODIES[version]) ?? ['bytes', 'buffer', 'search-params', 'blob'],
    async connect({ policy, baseURL, maxSockets }) {
      const axios = await load(version);
      const dispatcher =
        isWeb && maxSockets ? new Dispatcher({ connections: maxSockets }) : undefined;
      const httpAgent = new Agent({ keepAlive: true, maxSockets: maxSockets ?? 100 });
      const transformResponse = (data: unknown) => data;
      const instance = axios.create({
        baseURL,
        proxy: false,
        httpAgent,
        transformResponse,
        ...config,
        ...(dispatcher && { fetchOptions: { dispatcher } }),
      });
      if (policy) attachForbear(instance, { policy });
      return {
        async call({ path, body, signal, headers, ...call }) {
          const response = await instance({
            ...call,
            url: path,
            data: body,
            headers: { ...headers },
            ...(signal && { signal }),
          } as AxiosRequestConfig);
          return toAnswer(response);
        },
        async close() {
          httpAgent.destroy();
          await dispatcher?.destroy();
        },
      };
    },
    answerOf(error) {
      const { response } = (error ?? {}) as { response?: AxiosResponse };
      return response && toAnswer(response, error);
    },
  };
}
