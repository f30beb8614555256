import type { Fault, FaultRequest, RateLimit } from '@forbear/testing/node';
import { makeWeather } from './weather.js';

/** What both clients are put through. */
export interface Scene {
  readonly calls: number;
  /** How many of them are made at a time. */
  readonly atOnce: number;
  /** What the provider allows the one key; refusals carry Retry-After in whole seconds, as at flex.ai. */
  readonly rateLimit: RateLimit;
  readonly faults?: (request: FaultRequest) => Fault | undefined;
  /** What clients give one attempt to bring its headers; absent: all the time there is. */
  readonly attemptTimeoutMs?: number;
  /** How long connections are refused at the start, in milliseconds. */
  readonly refusedMs: number;
}

/** Calls into faults of all kinds. */
export function faultyScene(calls: number, seed: number): Scene {
  return {
    calls,
    atOnce: 25,
    rateLimit: { shape: 'window', limit: 100, perMs: 2000 },
    faults: makeWeather(seed),
    attemptTimeoutMs: 1500,
    refusedMs: 250,
  };
}

/** The same without stalls: the SDK has no time limit but its ten minutes, unless it is told. */
export function sdkScene(calls: number, seed: number): Scene {
  const scene = faultyScene(calls, seed);
  const faults = (request: FaultRequest) => {
    const fault = scene.faults?.(request);
    return fault?.kind === 'stall' ? undefined : fault;
  };
  return { ...scene, faults };
}

/** As many calls at once as people make with `Promise.all`, into a limit that lets few of them in. */
export const BURST: Scene = {
  calls: 100,
  atOnce: 100,
  rateLimit: { shape: 'bucket', limit: 12, perMs: 1000 },
  refusedMs: 0,
};
