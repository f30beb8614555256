import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attachForbear } from '@forbear/axios';
import type { PolicyOptions } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { createLimiter } from '@forbear/limiter';
import { createOpenAIFetch } from '@forbear/openai';
import { FakeClock } from '@forbear/testing';
import axios from 'axios';
import OpenAI from 'openai';
import * as undici from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';

const EVENT = `data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', choices: [] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** A server whose streams are written and ended by hand. */
async function streamingServer() {
  const streams: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/moved') {
      response.writeHead(307, { location: '/stream' }).end();
      return;
    }
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(EVENT);
    streams.push(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { streams, url: `http://127.0.0.1:${port}` };
}

/** Calls that stream through a limiter of one at a time. */
async function setUp() {
  const clock = new FakeClock();
  const limiter = createLimiter({ maxConcurrent: 1 });
  const { streams, url } = await streamingServer();
  const policy = { clock, limiter };
  const key = () => limiter.snapshot()[0];
  const seen = (count: number) => expect.poll(() => streams.length).toBe(count);
  const isFree = () => expect.poll(() => key()).toMatchObject({ inFlight: 0, waiting: 0 });
  const isWaiting = () => expect.poll(() => key()).toMatchObject({ inFlight: 1, waiting: 1 });
  return { clock, policy, streams, url, key, seen, isFree, isWaiting };
}

/** What reads a stream to its end, or lets go of it. */
interface Reading {
  read(): Promise<unknown>;
  cancel(): unknown;
}

type Open = (policy: PolicyOptions, url: string) => () => Promise<Reading>;

const readingOf = (response: Response): Reading => {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const read = async () => {
    while (!(await reader.read()).done);
  };
  return { read, cancel: () => reader.cancel() };
};

const CLIENTS: readonly (readonly [string, Open])[] = [
  [
    'fetch',
    (policy, url) => {
      const fetch = createFetch(policy);
      return async () => readingOf(await fetch(`${url}/stream`));
    },
  ],
  [
    'fetch, redirected',
    (policy, url) => {
      const fetch = createFetch(policy);
      return async () => readingOf(await fetch(`${url}/moved`));
    },
  ],
  [
    'the fetch of undici',
    (policy, url) => {
      const fetch = createFetch({
        ...policy,
        fetch: undici.fetch as unknown as typeof globalThis.fetch,
      });
      return async () => readingOf(await fetch(`${url}/stream`));
    },
  ],
  [
    'the OpenAI SDK',
    (policy, url) => {
      const client = new OpenAI({
        apiKey: 'sk-test',
        baseURL: url,
        fetch: createOpenAIFetch(policy),
      });
      return async () => {
        const stream = await client.chat.completions.create({
          model: 'test-model',
          messages: [{ role: 'user', content: 'Hello' }],
          stream: true,
        });
        const events = stream[Symbol.asyncIterator]();
        await events.next();
        const read = async () => {
          while (!(await events.next()).done);
        };
        return { read, cancel: () => stream.controller.abort() };
      };
    },
  ],
  [
    'axios',
    (policy, url) => {
      const client = axios.create({ baseURL: url });
      attachForbear(client, policy);
      return async () => {
        const { data } = await client.get('/stream', { responseType: 'stream' });
        data.resume();
        const over = new Promise((resolve) => data.on('close', resolve));
        return { read: () => over, cancel: () => data.destroy() };
      };
    },
  ],
];

describe.each(CLIENTS)('a stream of %s', (_, open) => {
  test('counts among those under way until it has been read, however long that takes', async () => {
    const { clock, policy, url, streams, seen, isFree, isWaiting } = await setUp();
    const call = open(policy, url);
    const first = await call();
    const second = call();
    await isWaiting();
    await clock.advance(60_000);
    await isWaiting();
    expect(streams).toHaveLength(1);
    streams[0]?.end(DONE);
    await first.read();
    await seen(2);
    streams[1]?.end(DONE);
    await (await second).read();
    await isFree();
  });

  test('counts no more once it is cancelled', async () => {
    const { policy, url, streams, seen, isFree, isWaiting } = await setUp();
    const call = open(policy, url);
    const first = await call();
    const second = call();
    await isWaiting();
    await first.cancel();
    await seen(2);
    streams[1]?.end(DONE);
    await (await second).read();
    await isFree();
  });

  test('counts no more once it breaks', async () => {
    const { policy, url, streams, seen, isFree, isWaiting } = await setUp();
    const call = open(policy, url);
    const first = await call();
    const second = call();
    await isWaiting();
    streams[0]?.destroy();
    await Promise.allSettled([first.read()]);
    await seen(2);
    streams[1]?.end(DONE);
    await (await second).read();
    await isFree();
  });
});

test('a stream that is aborted counts no more', async () => {
  const { policy, url, seen, isFree } = await setUp();
  const fetch = createFetch(policy);
  const controller = new AbortController();
  const response = await fetch(url, { signal: controller.signal });
  const reading = response.text();
  const second = fetch(url);
  await seen(1);
  controller.abort();
  await expect(reading).rejects.toThrow('aborted');
  await seen(2);
  await (await second).body?.cancel();
  await isFree();
});

test('a stream that nobody reads counts for a second', async () => {
  const { clock, policy, url, key, seen } = await setUp();
  const fetch = createFetch(policy);
  const response = await fetch(url);
  const second = fetch(url);
  await seen(1);
  await clock.advance(999);
  expect(key()).toMatchObject({ inFlight: 1, waiting: 1 });
  await clock.advance(1);
  await seen(2);
  await Promise.all([response.body?.cancel(), (await second).body?.cancel()]);
});
