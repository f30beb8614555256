import type { Policy } from '@forbear/core';
import { createFetch, type ForbearFetch, type ForbearInit } from '@forbear/fetch';
import type { AdapterUnderTest } from '@forbear/testing/contract';
import { Agent, fetch as undiciFetch } from 'undici';

type Fetch = typeof globalThis.fetch;

/** The fetch of npm undici with so many connections, or the global one. */
export function connectFetch(maxSockets: number | undefined) {
  if (maxSockets === undefined) return { bare: globalThis.fetch };
  const dispatcher = new Agent({ connections: maxSockets });
  const fetch = undiciFetch as unknown as Fetch;
  const bare: Fetch = (input, init) => fetch(input, { ...init, dispatcher } as RequestInit);
  return { bare, close: () => dispatcher.destroy() };
}

/** A fetch with a policy, as the contract sees it. */
export function fetchAdapterOf(
  name: string,
  make: (policy: Policy, bare: Fetch) => ForbearFetch,
): AdapterUnderTest {
  return {
    name,
    stream: (text) => new Blob([text]).stream(),
    connect({ policy, baseURL, maxSockets }) {
      const { bare, close } = connectFetch(maxSockets);
      const fetch = policy ? make(policy, bare) : bare;
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
}

export const fetchAdapter = fetchAdapterOf('fetch', (policy, fetch) =>
  createFetch({ policy, fetch }),
);
