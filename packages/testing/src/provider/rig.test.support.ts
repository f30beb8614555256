import type { FakeProvider } from './fake-provider.js';
import type { ProviderClock } from './provider-clock.js';

/** A clock that moves when it is told to. */
export class ManualClock implements ProviderClock {
  #nowMs: number;
  readonly #timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, ms: number): () => void {
    const timer = { dueMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.dueMs <= this.#nowMs && this.#timers.delete(timer)) timer.callback();
    }
  }
}

/** The API key of the tests. */
export const KEY = 'sk-test';

/** How a test's request differs from the plain one. */
export interface Ask {
  readonly callId?: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };

/** Sends a chat completion, or what the test asks for, by the built-in fetch. */
export function ask(provider: FakeProvider, options: Ask = {}): Promise<Response> {
  const { callId, method = 'POST', path = '/v1/chat/completions', signal } = options;
  const { body = method === 'GET' ? undefined : CHAT } = options;
  return fetch(provider.url + path, {
    method,
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      ...(callId === undefined ? {} : { 'x-call-id': callId }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Lets the sockets work until `holds`; never sleeps, and gives up in the end. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('It never came true.');
}
