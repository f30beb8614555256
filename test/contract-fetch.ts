import { createFetch, type ForbearFetch, type ForbearInit } from '@forbear/fetch';
import type { AdapterUnderTest } from '@forbear/testing/contract';
import { Agent, fetch as undiciFetch } from 'undici';

type Fetch = typeof globalThis.fetch;

/** The fetch of npm undici with so many connections, or the global one. */
function connect(maxSockets: number | undefined) {
  if (maxSockets === undefined) return { bare: globalThis.fetch };
  const dispatcher = new Agent({ connections: maxSockets });
  const fetch = undiciFetch as unknown as Fetch;
  const bare: Fetch = (input, init) => fetch(input, { ...init, dispatcher } as RequestInit);
  return { bare, close: () => dispatcher.destroy() };
}

/** The drop-in fetch, as the contract sees it. */
export const fetchAdapter: AdapterUnderTest = {
  name: 'fetch',
  stream: (text) => new Blob([text]).stream(),
  connect({ policy, baseURL, maxSockets }) {
    const { bare, close } = connect(maxSockets);
    const fetch: ForbearFetch = policy ? createFetch({ policy, fetch: bare }) : bare;
    return {
      async call({ path, forbear, ...call }) {
        const init = { ...call, duplex: 'half', ...(policy && { forbear }) } as ForbearInit;
        const response = await fetch(baseURL + path, init);
        const { status, headers } = response;
        return { status, headers, text: await response.text(), handed: response };
      },
      close,
    };
  },
};
