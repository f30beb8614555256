import { join } from 'node:path';
import { fakeProvider } from '@forbear/testing/node';
import { expect, test } from 'vitest';
import { type Ended, ROOT, run } from './docs-programs.js';

/** The demo waits for real, and longer on a busy machine. */
const REAL_TIME = { timeout: 90_000 };

const MAIN = join('examples', 'demo', 'dist', 'main.js');

function demo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return run([MAIN, ...args], ROOT, env);
}

/** The two numbers of a line of the table. */
function readRow({ stdout }: Ended, title: string): { naive: number; forbear: number } {
  const line = stdout.split('\n').find((each) => each.startsWith(title)) ?? '';
  const [naive, forbear] = line.slice(title.length).match(/[\d.]+/g) ?? [];
  return { naive: Number(naive), forbear: Number(forbear) };
}

test.concurrent(
  'the demo bills nothing twice through Forbear, and the naive loop does',
  REAL_TIME,
  async () => {
    const ended = await demo(['--calls', '40', '--seed', '4']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const twice = readRow(ended, 'calls billed twice or more');
    expect(twice.forbear).toBe(0);
    expect(twice.naive).toBeGreaterThan(0);
    expect(readRow(ended, 'wasted on second and later bills').forbear).toBe(0);
    expect(readRow(ended, 'requests sent while the key was told to wait').forbear).toBe(0);
    const [answered, left, failed] = [
      readRow(ended, 'answered').forbear,
      readRow(ended, 'left to you: may have been billed, not repeated').forbear,
      readRow(ended, 'failed otherwise').forbear,
    ];
    expect(answered + left + failed).toBe(40);
    const [, burst = '', sdks = ''] = ended.stdout.split(
      /Then 100|And 40 completions by the OpenAI/,
    );
    const burstOf = (title: string) => readRow({ ...ended, stdout: burst }, title);
    const sdkOf = (title: string) => readRow({ ...ended, stdout: sdks }, title);
    expect(sdkOf('calls billed twice or more').forbear).toBe(0);
    expect(sdkOf('calls billed twice or more').naive).toBeGreaterThan(0);
    expect(sdkOf('wasted on second and later bills').forbear).toBe(0);
    expect(sdkOf('failed otherwise').forbear).toBe(0);
    expect(burstOf('answered').forbear).toBe(100);
    expect(burstOf('answered').naive).toBeLessThan(100);
    expect(burstOf('requests sent while the key was told to wait').forbear).toBe(0);
    expect(burstOf('429 answers').forbear).toBeLessThanOrEqual(1.5 * 88);
    expect(ended.stdout).not.toContain('\u001b');
  },
);

test.concurrent(
  'the demo fails when Forbear bills twice, as it does when it is told to',
  REAL_TIME,
  async () => {
    const ended = await demo(['--calls', '40', '--seed', '4', '--repeatable']);
    expect(ended.code).toBe(1);
    expect(readRow(ended, 'calls billed twice or more').forbear).toBeGreaterThan(0);
    expect(ended.stdout).toMatch(/FAILED: through Forbear, \d+ calls were billed twice or more/);
  },
);

test.concurrent('a live run without a key names the variable and where keys are made', async () => {
  const { code, stdout, stderr } = await demo(['--live']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('FLEXAI_API_KEY');
  expect(stderr).toContain('https://tokens.flex.ai/dashboard/keys');
});

test.concurrent('an argument that cannot be meant is named', async () => {
  const wrong = await demo(['--calls', 'many']);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('--calls many: give a whole number');
});

test.concurrent.each(['FLEXAI_API_KEY', 'OPENAI_API_KEY'])(
  'a live run with %s makes three completions, explains them, and keeps the key to itself',
  async (name) => {
    await using provider = await fakeProvider({ models: ['gpt-9-mini'] });
    provider.fail({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    provider.fail({ kind: 'status', status: 500 }, { method: 'POST' });
    const env = { [name]: 'sk-secret', FORBEAR_BASE_URL: `${provider.baseURL}/` };
    const ended = await demo(['--live'], env);
    // One of the three may have been billed, so it was left alone.
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toContain('model gpt-9-mini');
    expect(ended.stdout.match(/This answer was made by a fake provider\./g)).toHaveLength(2);
    expect(ended.stdout.match(/attempts? in/g)).toHaveLength(3);
    expect(ended.stdout).toContain('status 500');
    expect(ended.stdout).not.toContain('sk-secret');
    expect(provider.ledger.entries).toHaveLength(3);
  },
);

test.concurrent('a live run ends well when all three are answered, by the model of one choice', async () => {
  await using provider = await fakeProvider();
  const env = {
    FLEXAI_API_KEY: 'sk-secret',
    FORBEAR_BASE_URL: provider.baseURL,
    FORBEAR_MODEL: 'my-model',
  };
  const { code, stdout } = await demo(['--live'], env);
  expect(code).toBe(0);
  expect(stdout).toContain('model my-model');
  expect(provider.requests.map(({ path }) => path)).toEqual(
    Array.from({ length: 3 }, () => '/v1/chat/completions'),
  );
});
