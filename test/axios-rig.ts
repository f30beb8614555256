import { type AxiosCallOptions, attachForbear } from '@forbear/axios';
import { definePolicy, type Policy, type PolicyOptions, type Trace } from '@forbear/core';
import { flexai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import {
  driveClock,
  type FakeProvider,
  type FakeProviderOptions,
  fakeProvider,
} from '@forbear/testing/node';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse, AxiosStatic } from 'axios';
import { onTestFinished } from 'vitest';
import { CHAT } from './rig.js';

/** The versions of axios that are tested, by the names of their packages here. */
export const VERSIONS = ['axios-1.0', 'axios-1.4', 'axios-1.7', 'axios'] as const;

export type Version = (typeof VERSIONS)[number];

/** The types of the old ones are not found by every resolver. */
export async function load(version: Version): Promise<AxiosStatic> {
  const { default: axios } = await import(/* @vite-ignore */ version);
  return axios;
}

/** What came of a call. */
export interface Called {
  readonly response?: AxiosResponse;
  // biome tells nothing of errors: each test knows what it looks for.
  readonly error?: AxiosFailure;
  readonly trace: Trace | undefined;
  readonly requests: number;
  readonly bills: number;
  readonly gapsMs: readonly number[];
}

/** As much of an AxiosError as the tests look at. */
export interface AxiosFailure extends Error {
  readonly code?: string;
  readonly config?: AxiosRequestConfig;
  readonly request?: unknown;
  readonly response?: AxiosResponse;
}

export interface AxiosRig {
  readonly axios: AxiosStatic;
  readonly instance: AxiosInstance;
  readonly provider: FakeProvider;
  readonly clock: FakeClock;
  readonly policy: Policy;
  readonly detach: () => void;
  call(config?: CallConfig): Promise<Called>;
}

export type CallConfig = Omit<AxiosRequestConfig, 'forbear'> & { forbear?: AxiosCallOptions };

interface RigOptions extends PolicyOptions {
  readonly server?: FakeProviderOptions;
  readonly defaults?: AxiosRequestConfig;
}

let calls = 0;

/** A fake provider on a real socket, and an instance of axios that calls it, on one driven clock. */
export async function setUpAxios(version: Version, options: RigOptions = {}): Promise<AxiosRig> {
  const { server, defaults, ...policyOptions } = options;
  const axios = await load(version);
  const clock = new FakeClock();
  const provider = await fakeProvider({ clock, ...server });
  const policy = definePolicy({ clock, provider: flexai, ...policyOptions });
  const instance = axios.create({ proxy: false, ...defaults });
  const detach = attachForbear(instance, { policy });
  const stop = driveClock(clock, {
    inFlight: countAttempts(policy),
    waiting: () => provider.waiting,
  });
  onTestFinished(async () => {
    stop();
    await provider.close();
  });

  async function call(config: CallConfig = {}): Promise<Called> {
    const { method = 'POST', headers, forbear, ...rest } = config;
    const id = `axios-${++calls}`;
    let trace: Trace | undefined;
    const isPost = method === 'POST';
    const settled = await instance({
      method,
      url: provider.baseURL + (isPost ? '/chat/completions' : '/models'),
      ...(isPost && { data: CHAT }),
      headers: {
        authorization: 'Bearer sk-test',
        'content-type': 'application/json',
        'x-call-id': id,
        ...headers,
      } as Record<string, string>,
      forbear: {
        ...forbear,
        onSettled: (given: Trace) => {
          if (trace !== undefined) throw new Error('a call settled twice');
          trace = given;
        },
      },
      ...rest,
    }).then(
      (response: AxiosResponse) => ({ response }),
      (error: AxiosFailure) => ({ error }),
    );
    const at = provider.requests.filter(({ callId }) => callId === id).map(({ atMs }) => atMs);
    return {
      ...settled,
      trace,
      requests: provider.requestCount(id),
      bills: provider.ledger.bills(id),
      gapsMs: at.slice(1).map((each, index) => each - (at[index] as number)),
    };
  }

  return { axios, instance, provider, clock, policy, detach, call };
}

/** Counts the calls of a policy that are in an attempt. */
export function countAttempts(policy: Policy): () => number {
  const running = new Set<number>();
  policy.events.on('attempt', ({ call }) => running.add(call));
  for (const name of ['waiting', 'hold', 'success', 'give-up'] as const) {
    policy.events.on(name, ({ call }) => running.delete(call));
  }
  return () => running.size;
}
