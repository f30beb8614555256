import type { AnyAdapter } from './bare-axios.js';

/** What sends a request: an adapter of axios, or a function of somebody else. */
export type Transport = 'xhr' | 'http' | 'fetch' | 'other';

const DEFAULT_NAMES = ['xhr', 'http', 'fetch'];

/**
 * The transport that axios will find for an adapter: the first of its names that there is.
 *
 * @param isNode whether there is one of Node
 */
export function transportOf(adapter: AnyAdapter, isNode: boolean): Transport {
  for (const each of [adapter ?? DEFAULT_NAMES].flat()) {
    if (typeof each === 'function') return 'other';
    const name = String(each).toLowerCase();
    if (name === 'fetch') return 'fetch';
    if (name === 'http' && isNode) return 'http';
    if (name === 'xhr' && typeof XMLHttpRequest === 'function') return 'xhr';
  }
  return 'other';
}
