import type { AddressInfo, Server, Socket } from 'node:net';
import type { Evidence, Trace } from '@forbear/core';
import { createFetch, type FetchOptions } from '@forbear/fetch';
import { type FakeProvider, fakeProvider } from '@forbear/testing/node';
import { Agent, buildConnector, type Dispatcher, fetch as undiciFetch } from 'undici';
import { onTestFinished } from 'vitest';
import { CHAT } from './rig.js';

export type Fetch = typeof globalThis.fetch;

/** The fetch of npm undici through a dispatcher; its types differ from the built-in one's in name only. */
export function through(dispatcher: Dispatcher): Fetch {
  onTestFinished(() => dispatcher.destroy());
  const fetch = undiciFetch as unknown as Fetch;
  return (input, init) => fetch(input, { ...init, dispatcher } as RequestInit);
}

/** Starts a server on a free port, and gives its origin. */
export async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL where nobody listens. */
export async function deadUrl(): Promise<string> {
  const provider = await fakeProvider();
  await provider.close();
  return provider.url;
}

/** What was told of the only attempt of a call. */
export interface Told {
  readonly evidence: Evidence | undefined;
  readonly trace: Trace;
}

/** One POST without retries: what the wire told of its only attempt. */
export async function evidenceOf(
  bare: Fetch | undefined,
  url: string,
  init: RequestInit = {},
  options: FetchOptions = {},
): Promise<Told> {
  let trace: Trace | undefined;
  const fetch = createFetch({ maxRetries: 0, ...options, ...(bare && { fetch: bare }) });
  const headers = { authorization: 'Bearer sk-test', ...init.headers };
  const onSettled = (settled: Trace) => {
    trace = settled;
  };
  await fetch(url, { method: 'POST', body: CHAT, ...init, headers, forbear: { onSettled } })
    .then((response) => response.text())
    .catch(() => {});
  if (trace === undefined) throw new Error('the call did not settle');
  return { evidence: trace.attempts[0]?.failure?.evidence, trace };
}

/** Resolves when it holds, after some turns of the event loop. */
export async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** No wait before a retry. */
export const AT_ONCE = { type: 'constant', delayMs: 0 } as const;

/** A provider until the test is finished. */
export async function start(
  options: Parameters<typeof fakeProvider>[0] = {},
): Promise<FakeProvider> {
  const provider = await fakeProvider(options);
  onTestFinished(() => provider.close());
  return provider;
}

/** One POST with retries, and its trace. */
export async function post(options: FetchOptions, url: string): Promise<Trace> {
  let trace: Trace | undefined;
  const fetch = createFetch({ backoff: AT_ONCE, ...options });
  const headers = { authorization: 'Bearer sk-test' };
  const onSettled = (settled: Trace) => {
    trace = settled;
  };
  await fetch(url, { method: 'POST', body: CHAT, headers, forbear: { onSettled } }).catch(() => {});
  if (trace === undefined) throw new Error('the call did not settle');
  return trace;
}

/** How the trace of a POST ends that was sent once and may have been done. */
export const SENT_ONCE = { reason: 'may-have-been-done', mayHaveBeenBilled: true };

/** A dispatcher whose connections are made when they are released. */
export function connecting() {
  const connect = buildConnector({});
  const held: (() => void)[] = [];
  let released = false;
  const dispatcher = new Agent({
    connect: (options, callback) => {
      const go = () => connect(options, callback);
      if (released) go();
      else held.push(go);
    },
  });
  return {
    dispatcher,
    /** How many connections are waited for. */
    held: () => held.length,
    release() {
      released = true;
      for (const go of held) go();
    },
  };
}
