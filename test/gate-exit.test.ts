import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Fault, fakeProvider } from '@forbear/testing/node';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

const prelude = (options: string) => `
import { createFetch } from '@forbear/fetch';
import { flexai } from '@forbear/providers';

const fetch = createFetch(${options});
const post = (init) => fetch(process.env.BASE_URL + '/chat/completions', {
  method: 'POST',
  body: JSON.stringify({ model: 'test-model', messages: [] }),
  headers: { authorization: 'Bearer sk-test' },
  ...init,
});
`;

interface Exit {
  readonly code: number | null;
  readonly printed: string;
  /** Milliseconds from what it printed last to its end. */
  readonly lingeredMs: number;
  readonly requests: number;
}

/** Runs a program of Node that calls a fake provider, to its end. */
async function run(
  code: string,
  faults: readonly Fault[],
  options = '{ provider: flexai }',
): Promise<Exit> {
  const { outputFiles } = await build({
    stdin: {
      contents: prelude(options) + code,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@forbear/source'],
  });
  const provider = await fakeProvider();
  onTestFinished(() => provider.close());
  provider.fail(faults);
  const env = { PATH: process.env.PATH, BASE_URL: provider.baseURL };
  const child = spawn(process.execPath, ['--input-type=module'], { env });
  onTestFinished(() => void child.kill());
  let printed = '';
  let printedAt = 0;
  child.stdout.on('data', (chunk) => {
    printed += chunk;
    printedAt = performance.now();
  });
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  child.stdin.end(outputFiles[0]?.contents);
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lingeredMs = performance.now() - printedAt;
  return { code: exit, printed: printed.trim(), lingeredMs, requests: provider.requests.length };
}

function told(seconds: string, times = 1): readonly Fault[] {
  const headers = { 'retry-after': seconds };
  return Array.from({ length: times }, () => ({ kind: 'status', status: 429, headers }));
}

/** Five calls at once, and whether they took the second that they were told to wait. */
const FIVE = `
const startMs = performance.now();
const answers = await Promise.all(Array.from({ length: 5 }, () => post()));
console.log(answers.map(({ status }) => status).join(), performance.now() - startMs >= 1000);
`;

test('a process does not end while calls wait in a gate', async () => {
  const { code, printed, requests } = await run(FIVE, told('1', 5));
  expect(printed).toBe('200,200,200,200,200 true');
  expect(code).toBe(0);
  expect(requests).toBe(10);
});

test('a process whose timers keep nothing alive loses them', async () => {
  const clock = `{ now: Date.now, monotonic: () => performance.now(), setTimer(callback, ms) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  } }`;
  const { code, printed } = await run(FIVE, told('1', 5), `{ provider: flexai, clock: ${clock} }`);
  expect(printed).not.toContain('200');
  expect(code).not.toBe(0);
});

test.each([
  ['for an hour', '3600', 'const { status } = await post(); const other = (await post()).status;'],
  [
    'for 30 s',
    '30',
    'const { status } = await post({ forbear: { maxRetries: 0 } });' +
      'const other = await post({ signal: AbortSignal.timeout(100) }).catch(({ name }) => name);',
  ],
])('a process in which nobody waits ends, though a gate is closed %s', async (_, wait, calls) => {
  const { code, printed, lingeredMs, requests } = await run(
    `${calls} console.log(status, other);`,
    told(wait),
  );
  expect(printed).toBe(wait === '30' ? '429 TimeoutError' : '429 429');
  expect(code).toBe(0);
  expect(requests).toBe(1);
  expect(lingeredMs).toBeLessThan(3000);
});
