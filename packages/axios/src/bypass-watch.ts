import { callKeyOf } from '@forbear/core';
import type { SentConfig } from './bare-axios.js';
import { requestHeadersOf } from './request-headers.js';
import { isWrapped } from './wrapped-adapter.js';
import type { Client } from './wrapping.js';

/**
 * Notices, once for each instance, that something after our interceptor put another adapter in place of
 * ours: axios runs the interceptors of requests that were registered earlier after later ones. A call
 * is known by its headers, which axios and others hand on where they copy its config.
 */
export class BypassWatch {
  readonly #client: Client;
  readonly #expected = new WeakSet<object>();
  #told = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** A call got our adapter. */
  expect({ headers }: SentConfig): void {
    this.#expected.add(headers);
  }

  /** A call reached our adapter. */
  sent({ headers }: SentConfig): void {
    this.#expected.delete(headers);
  }

  /** Looks whether the call of a response or an error went past ours. */
  look(ended: unknown): void {
    const config = (ended as { config?: SentConfig } | null | undefined)?.config;
    if (this.#told || typeof config?.headers !== 'object' || config.headers === null) return;
    if (!this.#expected.has(config.headers) || isWrapped(config.adapter)) return;
    this.#told = true;
    const { policy, bare } = this.#client;
    if (!policy.events.hears('bypassed')) return;
    const method = (config.method ?? 'get').toUpperCase();
    const headers = requestHeadersOf(config);
    const { key, showKey } = callKeyOf(policy, { method, url: bare.urlOf(config), headers });
    policy.events.emit({
      type: 'bypassed',
      because:
        'an interceptor that runs after that of Forbear sets config.adapter; attach Forbear before it is registered',
      call: 0,
      key: policy.gates.of(key, showKey).label,
      attempt: 0,
      atMs: policy.clock.now(),
      method,
    });
  }
}
