import { type ExecFileOptions, execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NAMES = ['axios', 'core', 'fetch', 'limiter', 'openai', 'providers', 'testing'];

/** The minified and gzipped size of `@forbear/fetch` with all that it needs, in bytes. */
const MEASURED_BYTES = 31_900;

const run = promisify(execFile);

let folder: string;
let tarballs: string;
let project: string;

const tarball = (name: string) => join(tarballs, `forbear-${name}-0.1.0.tgz`);
const tool = (name: string) => join(ROOT, 'node_modules/.bin', name);

/** Runs a program and gives what it prints; whatever it says about a failure is in the error. */
async function print(
  file: string,
  given: string[],
  options: ExecFileOptions = {},
): Promise<string> {
  const failed = (error: Error & { stdout?: string }) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  };
  const { stdout } = await run(file, given, { cwd: project, ...options }).catch(failed);
  return String(stdout).trim();
}

async function write(name: string, content: string | object): Promise<string> {
  const path = join(project, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forbear-packages-'));
  [tarballs, project] = [join(folder, 'tarballs'), join(folder, 'project')];
  await Promise.all([mkdir(tarballs), mkdir(project)]);
  const filter = NAMES.flatMap((name) => ['--filter', `@forbear/${name}`]);
  const pack = ['-y', 'pnpm@12', ...filter, 'pack', '--pack-destination', tarballs];
  await print('npx', pack, { cwd: ROOT });
  await write('package.json', { name: 'user', private: true, type: 'module' });
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  await print('npm', ['install', ...quiet, ...NAMES.map(tarball)]);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** For which kind of resolution attw has found it. */
function resolutionOf(problem: Problem): string {
  return 'resolutionKind' in problem ? problem.resolutionKind : '';
}

describe.each(NAMES)('the tarball of @forbear/%s', (name) => {
  test('holds what its package.json promises, says publint', async () => {
    const { buffer } = new Uint8Array(await readFile(tarball(name)));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has types that every resolver of ESM finds, says attw', async () => {
    const packed = createPackageFromTarballData(await readFile(tarball(name)));
    const checked = await checkPackage(packed);
    // Packages of ES modules alone have nothing for these.
    const ofOthers = new Set(['node10', 'node16-cjs']);
    const problems = checked.types
      ? checked.problems.filter((each) => !ofOthers.has(resolutionOf(each)))
      : ['it has no types'];
    expect(problems).toEqual([]);
  });

  test('holds the licence, and neither tests nor the caches of tools', async () => {
    const files = (await print('tar', ['-tzf', tarball(name)])).split('\n');
    expect(files).toContain('package/LICENSE');
    expect(files.filter((file) => /\.test\.|tsbuildinfo|__|node_modules/.test(file))).toEqual([]);
  });

  test('is built without its tests, which need packages that are built after it', async () => {
    const shown = await print(tool('tsc'), ['-p', join(ROOT, 'packages', name), '--showConfig']);
    const { files }: { files: readonly string[] } = JSON.parse(shown);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => file.includes('.test.'))).toEqual([]);
  });

  test('holds the source of every file that is built from one', async () => {
    const files = new Set((await print('tar', ['-tzf', tarball(name)])).split('\n'));
    const built = [...files].filter((file) => /^package\/dist\/.*\.js$/.test(file));
    expect(built.length).toBeGreaterThan(0);
    const sources = built.map((file) => file.replace('/dist/', '/src/').replace(/js$/, 'ts'));
    const stale = sources.filter((file) => !files.has(file));
    expect(stale, 'dist is stale: remove packages/*/dist and build anew').toEqual([]);
  });

  test('depends on released versions, not on the workspace', async () => {
    const text = await print('tar', ['-xzOf', tarball(name), 'package/package.json']);
    const { dependencies = {} } = JSON.parse(text);
    for (const [name, range] of Object.entries(dependencies)) {
      // What is reached into is pinned.
      expect(range).toMatch(name === 'bottleneck' ? /^\d+\.\d+\.\d+$/ : /^\^\d+\.\d+\.\d+$/);
    }
  });
});

const PROGRAM = `
const answers = [new Response(null, { status: 503 }), new Response('ok')];
const bare = async () => answers.shift();
const fetch = createFetch({ provider: flexai, fetch: bare, backoff: () => 0 });
let trace;
const response = await fetch('https://tokens.flex.ai/v1/models', {
  forbear: { onSettled: (settled) => { trace = settled; } },
});
const text = await response.text();
console.log(text, traceOf(response) !== undefined, trace.attempts.length, explain(trace).length > 0);
`;

describe('in the project of a user', () => {
  test('an ES module runs', async () => {
    const path = await write(
      'program.mjs',
      `import { explain, traceOf } from '@forbear/core';
       import { createFetch } from '@forbear/fetch';
       import { flexai } from '@forbear/providers';
       ${PROGRAM}`,
    );
    expect(await print(process.execPath, [path])).toBe('ok true 2 true');
  });

  test('a CommonJS module runs, by the require() of Node 20.19 and later', async () => {
    const path = await write(
      'program.cjs',
      `const { explain, traceOf } = require('@forbear/core');
       const { createFetch } = require('@forbear/fetch');
       const { flexai } = require('@forbear/providers');
       const { FakeClock } = require('@forbear/testing');
       const { fakeProvider } = require('@forbear/testing/node');
       if (typeof FakeClock !== 'function' || typeof fakeProvider !== 'function') process.exit(1);
       void (async () => {${PROGRAM}})();`,
    );
    expect(await print(process.execPath, [path])).toBe('ok true 2 true');
  });

  test('nothing but what the exports name can be imported', async () => {
    const path = await write('deep.mjs', `await import('@forbear/core/dist/decide.js');`);
    await expect(print(process.execPath, [path])).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  const TYPED = `
    import { definePolicy, execute, explain, type Trace, traceOf } from '@forbear/core';
    import { createFetch, type ForbearFetch } from '@forbear/fetch';
    import { createOpenAIFetch } from '@forbear/openai';
    import { flexai } from '@forbear/providers';

    const sdk: typeof fetch = createOpenAIFetch({ refuseRepeatsMs: 60_000 });
    const forSdk: FetchRequestInit = { forbear: { repeatable: true } };
    const policy = definePolicy({ provider: flexai, maxRetries: 2, backoff: { jitter: 'equal' } });
    const off: () => void = policy.events.on('waiting', ({ waitMs }) => waitMs.toFixed());
    const own: ForbearFetch = createFetch({ policy });
    const replaced: typeof fetch = createFetch();
    const settled = (trace: Trace): string => explain(trace);
    const response: Response = await own('https://a.test', {
      method: 'POST',
      body: 'text',
      forbear: { repeatable: true, onSettled: settled, body: () => 'text' },
    });
    const trace: Trace | undefined = traceOf(response);
    const value: number = await execute(() => 5, policy, { method: 'GET' });
    // @ts-expect-error: there is no such option
    createFetch({ maxRetrys: 2 });
    // @ts-expect-error: a number of milliseconds is meant
    definePolicy({ deadlineMs: '5s' });
    export { forSdk, off, replaced, sdk, trace, value };
  `;

  const NODE = `${TYPED}
    import { FakeClock, scriptedFetch } from '@forbear/testing';
    import { fakeProvider } from '@forbear/testing/node';
    const clock: import('@forbear/core').Clock = new FakeClock();
    const provider = await fakeProvider({ clock });
    export { provider, scriptedFetch };
  `;

  test.each([
    ['Node', NODE, { lib: ['es2022'], types: ['node'], module: 'nodenext' }],
    [
      'the browser',
      TYPED,
      { lib: ['es2022', 'dom'], types: [], module: 'esnext', moduleResolution: 'bundler' },
    ],
  ])('a program for %s passes the type check, all its types checked', async (name, code, own) => {
    const base = `types-${name.replace(' ', '-')}`;
    await write(`${base}/program.ts`, code);
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
    const typeRoots = [join(ROOT, 'node_modules/@types')];
    const compilerOptions = { target: 'es2022', noEmit: true, typeRoots, ...strict, ...own };
    const config = await write(`${base}/tsconfig.json`, { compilerOptions, files: ['program.ts'] });
    expect(await print(tool('tsc'), ['-p', config])).toBe('');
  });
});

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${name}'`, resolveDir: project },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    globalName: 'forbear',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

const OF_NODE = /["'`]node:|\bprocess\b|\bBuffer\b|\brequire\(|AsyncLocalStorage/;

test('a bundle of @forbear/openai for the browser holds nothing of Node', async () => {
  const bundled = await bundle('@forbear/openai');
  expect(bundled).toContain('x-should-retry');
  // The words of the profiles, which it brings along, may speak of processes.
  expect(bundled).not.toMatch(/["'`]node:|\bprocess\.|\bBuffer\.|\brequire\(|AsyncLocalStorage/);
});

describe('a bundle of @forbear/fetch for the browser', () => {
  let bundled: string;

  beforeAll(async () => {
    bundled = await bundle('@forbear/fetch');
  });

  test('holds nothing of Node', () => {
    expect(bundled).not.toMatch(OF_NODE);
  });

  test(`is not much larger than the ${MEASURED_BYTES} bytes that it had, zipped`, () => {
    const bytes = gzipSync(bundled, { level: 9 }).length;
    console.log(`@forbear/fetch for the browser: ${bundled.length} bytes, ${bytes} zipped`);
    expect(bytes).toBeLessThan(MEASURED_BYTES * 1.15);
  });

  test('makes a call, and repeats it, where there is nothing but the globals of a browser', async () => {
    const answers = [new Response(null, { status: 503 }), new Response('ok')];
    const sandbox = {
      ...{ AbortController, AbortSignal, Blob, DOMException, FormData, Headers, ReadableStream },
      ...{ Request, Response, URL, URLSearchParams, performance, setTimeout, clearTimeout },
      fetch: async () => answers.shift(),
    };
    const context = createContext(sandbox);
    const call = `${bundled}; forbear.createFetch({ backoff: () => 1 })('https://a.test/')`;
    const response: Response = await runInContext(call, context);
    expect([response.status, await response.text(), answers]).toEqual([200, 'ok', []]);
  });
});

/** The names of profiles that a bundle for the browser of this program holds. */
async function profilesIn(program: string): Promise<readonly string[]> {
  const all: object = await import('@forbear/providers');
  const names = Object.values(all).flatMap(({ name, rules }) => (rules ? [name] : []));
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: project },
    ...{ bundle: true, write: false, minify: true, format: 'esm', logLevel: 'silent' },
  });
  const text = outputFiles[0]?.text ?? '';
  return names.filter((name) => text.includes(`"${name}"`));
}

describe('a bundle of @forbear/providers', () => {
  test('holds the one profile that is imported, and no other', async () => {
    const found = await profilesIn(
      `import { flexai } from '@forbear/providers'; console.log(flexai);`,
    );
    expect(found).toEqual(['flex.ai']);
  });

  test('holds all of them with auto', async () => {
    const found = await profilesIn(`import { auto } from '@forbear/providers'; console.log(auto);`);
    expect(found.length).toBe(Object.keys(await import('@forbear/providers')).length - 1);
  });
});

test('a bundle of @forbear/axios for the browser holds nothing of Node, nor axios itself', async () => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '@forbear/axios'`, resolveDir: project },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  const bundle = outputFiles[0]?.text ?? '';
  expect(bundle).toContain('attachForbear');
  expect(bundle).not.toMatch(/["'`]node:|\bprocess\b|\bBuffer\b|\brequire\(|AsyncLocalStorage/);
  expect(bundle).not.toContain('class AxiosHeaders');
});

test('the packages that are packed here are all that there are', async () => {
  expect((await readdir(join(ROOT, 'packages'))).sort()).toEqual(NAMES);
});
