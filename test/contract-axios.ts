import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { attachForbear } from '@forbear/axios';
import type { AdapterUnderTest, ContractAnswer } from '@forbear/testing/contract';
import axios, { type AxiosResponse, isAxiosError } from 'axios';

function answerIn(response: AxiosResponse<string>, handed: unknown): ContractAnswer {
  const { status, headers, data: text } = response;
  return { status, headers: headers as ContractAnswer['headers'], text, handed };
}

/** An instance of axios with Forbear attached, as the contract sees it. */
export const axiosAdapter: AdapterUnderTest = {
  name: 'axios',
  stream: (text) => Readable.from([text]),
  answerOf: (error) =>
    isAxiosError(error) && error.response ? answerIn(error.response, error) : undefined,
  connect({ policy, baseURL, maxSockets }) {
    const httpAgent = new Agent({ keepAlive: true, ...(maxSockets && { maxSockets }) });
    const limited = maxSockets === undefined ? {} : { httpAgent };
    const client = axios.create({ baseURL, responseType: 'text', ...limited });
    if (policy) attachForbear(client, { policy });
    return {
      async call({ path, body, forbear, signal, ...call }) {
        const options = { ...(signal && { signal }), ...(policy && { forbear }) };
        const response = await client.request({ ...call, ...options, url: path, data: body });
        return answerIn(response, response);
      },
      close: () => httpAgent.destroy(),
    };
  },
};
