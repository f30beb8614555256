import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createFetch } from '@forbear/fetch';
import { FakeClock } from '@forbear/testing';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './wire-rig.js';

/** Answers with the status that the path begins with; its body is small, big, or never ends. */
async function startServer(): Promise<string> {
  return listen(
    createServer((request, response) => {
      const [, status, body] = (request.url ?? '').split('/');
      response.writeHead(Number(status));
      if (body === 'small') response.end('{}');
      else if (body === 'big') response.end('x'.repeat(100_000));
      else response.write('{');
    }),
  );
}

/**
 * Aborts when the answer is there and its body is not read, and tells how the body reads afterwards.
 * An unhandled rejection ends the program, so that the rest is not told.
 */
const PROGRAM = `
import { createFetch } from '@forbear/fetch';

const bare = globalThis.fetch;
const fetches = {
  bare,
  ours: createFetch({ maxRetries: 0 }),
  limited: createFetch({ maxRetries: 0, deadlineMs: 60_000 }),
};
const turns = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const nameOf = (work) => work.then(() => 'nothing', (error) => error.name ?? error);

// A Request that is collected hears no abort any more.
const requests = [];
const requestOf = (url, init) => {
  const request = new Request(url, init);
  requests.push(request);
  return request;
};

async function tell(fetch, url, asRequest) {
  const controller = new AbortController();
  const init = { method: 'POST', body: 'x', signal: controller.signal };
  const response = await (asRequest ? fetch(requestOf(url, init)) : fetch(url, init));
  await turns();
  controller.abort('mine');
  await turns();
  return nameOf(response.text());
}

const ways = Object.entries(fetches).flatMap(([name, fetch]) =>
  [false, true].map((asRequest) => ({ name, fetch, asRequest })),
);
const cases = [402, 403, 429, 503, 529].flatMap((status) =>
  ['small', 'big', 'stalling'].map(async (body) => {
    const url = process.env.ORIGIN + '/' + status + '/' + body + '/';
    // A path, and so a gate, of its own for each.
    const told = ways.map((way) => tell(way.fetch, url + way.name + way.asRequest, way.asRequest));
    return [status, body, ...new Set(await Promise.all(told))].join(' ');
  }),
);
for (const line of await Promise.all(cases)) console.log(line);

// The abort of a signal that only a wrapper knows.
const own = new AbortController();
const wrapped = createFetch({
  fetch: (input, init) => bare(input, { ...init, signal: own.signal }),
  maxRetries: 0,
});
const { status } = await wrapped(process.env.ORIGIN + '/403/big');
await turns();
own.abort('its');
await turns();
console.log(status, 'alive');
process.exit();
`;

test('an abort after an error answer was handed over harms nobody, and its body reads as with bare fetch', async () => {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@forbear/source'],
  });
  const env = { PATH: process.env.PATH, ORIGIN: await startServer() };
  const child = spawn(process.execPath, ['--input-type=module'], { env });
  onTestFinished(() => void child.kill());
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk) => {
      printed += chunk;
    });
  }
  child.stdin.end(outputFiles[0]?.contents);
  const code = await new Promise((resolve) => child.once('close', resolve));
  const lines = printed.trim().split('\n');
  expect(lines.at(-1)).toBe('403 alive');
  expect(lines).toHaveLength(5 * 3 + 1);
  const told = lines.slice(0, -1).map((line) => line.split(' '));
  // What stalls gives one error, whichever fetch and however called; nothing short is taken for whole.
  const stalling = told.filter(([, body]) => body === 'stalling');
  expect(stalling.filter((words) => words.length !== 3)).toEqual([]);
  expect(told.filter(([, body, ...how]) => body === 'small' && how.includes('TypeError'))).toEqual(
    [],
  );
  const silent = told.filter(([, body, ...how]) => body !== 'small' && how.includes('nothing'));
  expect(silent).toEqual([]);
  expect(code).toBe(0);
});

test('an abort while a Request is uploaded settles at once, as with bare fetch', async () => {
  const origin = await listen(createServer((request) => request.pause()));
  const controller = new AbortController();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(chunks) {
      await new Promise((resolve) => setImmediate(resolve));
      chunks.enqueue(new Uint8Array(1024));
      if (++pulled === 10) controller.abort('mine');
    },
  });
  const init = { method: 'POST', body, duplex: 'half', signal: controller.signal } as RequestInit;
  // A clock that stands still: whoever waits for it waits for ever.
  const fetch = createFetch({ clock: new FakeClock() });
  await expect(fetch(new Request(origin, init))).rejects.toBe('mine');
});
