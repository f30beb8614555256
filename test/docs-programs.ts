import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fault, fakeProvider } from '@forbear/testing/node';
import type { Example } from './docs-page.js';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Below `node_modules`, so that the programs find the packages as a user's would. */
const CACHE = join(ROOT, 'node_modules', '.cache');

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  skipLibCheck: true,
  outDir: '.',
  rootDir: '.',
};

/** Sends every https request of a program to the fake provider; nothing else is changed. */
const REDIRECT = `
import http from 'node:http';
import https from 'node:https';

const { hostname, port } = new URL(process.env.FAKE_PROVIDER);
https.request = (options, callback) =>
  http.request({ ...options, protocol: 'http:', hostname, port }, callback);

const bare = globalThis.fetch;
globalThis.fetch = (input, init) =>
  bare(String(input).replace(/^https:\\/\\/[^/]+/, process.env.FAKE_PROVIDER), init);
`;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of Node to its end. */
export function run(
  program: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const { PATH } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd, env: { PATH, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** Examples that were compiled in a directory of their own. */
export interface Programs {
  /** What the compiler has against them, by page and line; empty: nothing. */
  readonly problems: string;
  /** Runs one, with a fake provider where its API would be. */
  run(example: Example): Promise<Ended>;
  /** Removes the directory. */
  remove(): void;
}

/** Type-checks examples strictly, as they stand, and compiles them. */
export async function compile(name: string, examples: readonly Example[]): Promise<Programs> {
  const directory = join(CACHE, `docs-${name}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  // Empty lines before the code make the compiler name the lines of the page.
  for (const each of examples) write(`${nameOf(each)}.mts`, '\n'.repeat(each.line) + each.code);
  const files = examples.map((each) => `${nameOf(each)}.mts`);
  write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }));
  write('redirect.mjs', REDIRECT);
  write('question.json', JSON.stringify({ model: 'my-model', messages: [] }));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiled = await run([tsc, '--pretty', 'false', '-p', directory], directory);
  return {
    problems: compiled.code === 0 ? '' : compiled.stdout + compiled.stderr,
    async run(example) {
      await using provider = await fakeProvider();
      provider.fail(example.answers.map(parseAnswer));
      const program = ['--import', './redirect.mjs', `./${nameOf(example)}.mjs`];
      const keys = { FLEXAI_API_KEY: 'sk-docs', ANTHROPIC_API_KEY: 'sk-docs' };
      const env = { FAKE_PROVIDER: provider.url, ...keys };
      const ended = await run(program, directory, env);
      if (provider.requests.length >= example.answers.length) return ended;
      return {
        ...ended,
        code: 1,
        stderr: `it met fewer answers than its page says\n${ended.stderr}`,
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The file of an example: the folder of its page, its page where it is no README, and the line. */
function nameOf({ page, line }: Example): string {
  const name = basename(page, '.md');
  return [basename(dirname(page)), ...(name === 'README' ? [] : [name]), line].join('-');
}

/** `429 retry-after=1`: a status, then headers. */
function parseAnswer(text: string): Fault {
  const [status, ...headers] = text.split(' ');
  const pairs = headers.map((each) => each.split('=') as [string, string]);
  return { kind: 'status', status: Number(status), headers: Object.fromEntries(pairs) };
}

/** What is printed, with all durations taken for the same. */
export function withoutTimes(text: string): string {
  return text.replace(/\b\d+(\.\d+)? s\b/g, 'N s');
}
