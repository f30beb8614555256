import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIOME = join(ROOT, 'node_modules/.bin/biome');

interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

async function readSources(): Promise<readonly Source[]> {
  const packages = join(ROOT, 'packages');
  const found = await readdir(packages, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile() && /\/src(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.ts$/.test(path) && !/\.test\.|node_modules/.test(path));
  return Promise.all(
    paths.map(async (path) => ({ path: relative(ROOT, path), text: await readFile(path, 'utf8') })),
  );
}

const SEAM_RULES = /^(plugin|lint\/style\/noDefaultExport|lint\/performance\/noReExportAll)$/;

/** What the linter of this repository says about these files, as `path:line`. */
async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'forbear-seams-'));
  try {
    await cp(join(ROOT, 'test/lint'), join(folder, 'test/lint'), { recursive: true });
    await cp(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const options = ['--vcs-enabled=false', '--max-diagnostics=none', '--reporter=rdjson'];
    const linting = promisify(execFile)(BIOME, ['lint', ...options, '.'], { cwd: folder });
    const { stdout } = await linting.catch((error: { stdout: string }) => error);
    const { diagnostics }: { diagnostics: readonly Diagnostic[] } = JSON.parse(stdout);
    const broken = diagnostics.filter(({ code }) => SEAM_RULES.test(code.value));
    return broken.map(({ location }) => `${location.path}:${location.range.start.line}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Diagnostic {
  readonly code: { readonly value: string };
  readonly location: { readonly path: string; readonly range: { start: { line: number } } };
}

/** Files by their paths, each with lines that use a value so that no other rule complains. */
function filesOf(table: readonly (readonly [string, readonly string[]])[]): Record<string, string> {
  return Object.fromEntries(table.map(([path, lines]) => [path, `${lines.join('\n')}\n`]));
}

const OUTSIDERS = [
  'p-retry',
  'eventemitter3',
  'is-network-error',
  'structured-headers',
  'tinyqueue',
  'axios',
  'bottleneck',
  'ioredis',
];
const CORE = 'packages/core/src';
const AXIOS = 'packages/axios/src';
const FETCH = 'packages/fetch/src';
const REDIS = 'packages/limiter/src/redis';
const TIME = [
  'export const a = () => Date.now();',
  'export const b = () => new Date();',
  'export const c = () => performance.now();',
  'export const d = () => setTimeout(() => {}, 1);',
  'export const e = () => setInterval(() => {}, 1);',
  'export const f = () => globalThis.setTimeout(() => {}, 1);',
  'export const g = () => setImmediate(() => {});',
];
const RANDOM = ['export const h = Math.random;', 'export const i = () => crypto.randomUUID();'];
const FROM_NODE = [
  "import 'node:fs';",
  "export { readFile } from 'node:fs/promises';",
  "export const z = () => import('node:http');",
];

describe('the linter of this repository', () => {
  const BROKEN: readonly (readonly [string, readonly string[]])[] = [
    [`${CORE}/anything.ts`, OUTSIDERS.map((name) => `import '${name}';`)],
    [`${CORE}/http/anything.ts`, OUTSIDERS.map((name) => `export { a } from '${name}';`)],
    [`${FETCH}/execute.ts`, OUTSIDERS.map((name) => `export type { A } from '${name}';`)],
    [`${CORE}/execute.ts`, ["import 'eventemitter3';", "export const p = import('node:fs');"]],
    [`${CORE}/events.ts`, ["import 'p-retry';"]],
    [`${CORE}/network-error.ts`, ["import 'structured-headers';"]],
    [`${CORE}/http/structured-fields.ts`, ["import 'is-network-error';"]],
    [`${CORE}/clock.ts`, [...FROM_NODE, ...RANDOM]],
    [`${CORE}/wire.node.ts`, FROM_NODE],
    [`${FETCH}/wire.ts`, FROM_NODE],
    [`${AXIOS}/wire.ts`, [...FROM_NODE, "import 'axios';"]],
    [`${REDIS}/link.ts`, ["import 'bottleneck';", "import 'ioredis';", ...FROM_NODE]],
    ['packages/providers/src/acme.ts', [...FROM_NODE, "import '@forbear/testing';"]],
    [`${FETCH}/body.ts`, ["import '@forbear/testing/node';", "import '../../core/src/index.js';"]],
    ['packages/testing/src/node.ts', ["import 'p-retry';", "import '../../core/dist/index.js';"]],
    [`${CORE}/decide.ts`, [...TIME, ...RANDOM]],
    [`${CORE}/policy.ts`, TIME],
    [`${FETCH}/clock.ts`, [...TIME, ...RANDOM]],
    ['packages/providers/src/other.ts', [...TIME, ...RANDOM]],
    [`${CORE}/lazy.ts`, ["export * from './index.js';", 'export default 5;']],
  ];

  const WHOLE: readonly (readonly [string, readonly string[]])[] = [
    [`${CORE}/execute.ts`, ["import 'p-retry';", "import './http/headers.js';"]],
    [`${CORE}/events.ts`, ["import 'eventemitter3';"]],
    [`${CORE}/gate/waiting-line.ts`, ["import 'tinyqueue';"]],
    [`${CORE}/network-error.ts`, ["import 'is-network-error';"]],
    [
      `${CORE}/http/structured-fields.ts`,
      ["import 'structured-headers';", "import '../facts.js';"],
    ],
    [`${CORE}/clock.ts`, TIME],
    [`${CORE}/policy.ts`, ['export const h = Math.random;']],
    [`${CORE}/decide.ts`, ['export const at = (ms: number) => new Date(ms).toISOString();']],
    [`${CORE}/clock.test.ts`, [...FROM_NODE, ...TIME, "import '@forbear/testing';"]],
    [`${FETCH}/wire.node.ts`, FROM_NODE],
    [`${AXIOS}/raw-body.node.ts`, FROM_NODE],
    [`${AXIOS}/bare-axios.ts`, ["import 'axios';", "import '@forbear/core';"]],
    [`${REDIS}/bottleneck.ts`, ["import 'bottleneck';"]],
    [`${REDIS}/ioredis.ts`, ["import 'ioredis';"]],
    [`${REDIS}/key-id.ts`, ["import { createHash } from 'node:crypto';"]],
    ['packages/testing/src/provider/listener.ts', [...FROM_NODE, "import '@forbear/core';"]],
  ];

  test('complains of every line that breaks a seam', async () => {
    const expected = BROKEN.flatMap(([path, lines]) => lines.map((_, at) => `${path}:${at + 1}`));
    const found = new Set(await lint(filesOf(BROKEN)));
    expect(expected.filter((line) => !found.has(line))).toEqual([]);
  });

  test('leaves alone what keeps them', async () => {
    expect(await lint(filesOf(WHOLE))).toEqual([]);
  });
});

describe('the sources of the packages', () => {
  let sources: readonly Source[];

  beforeAll(async () => {
    sources = await readSources();
  });

  const where = (isWrong: (source: Source) => boolean) =>
    sources.filter(isWrong).map(({ path }) => path);

  test('are found', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.map(({ path }) => path)).toContain(`${CORE}/decide.ts`);
  });

  test('have at most 200 lines each', () => {
    expect(where(({ text }) => text.trimEnd().split('\n').length > 200)).toEqual([]);
  });

  test('are named after one concept, in kebab case', () => {
    const vague = /^(utils?|helpers?|common|misc|types?|shared|lib)\b/;
    expect(where(({ path }) => vague.test(basename(path)))).toEqual([]);
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.node)?\.ts$/;
    expect(where(({ path }) => !kebab.test(basename(path)))).toEqual([]);
  });

  test('have neither default exports nor export *, nor switch a rule off', () => {
    expect(where(({ text }) => /^export (default|\*)/m.test(text))).toEqual([]);
    expect(
      where(({ text }) => /biome-ignore|@ts-(ignore|expect-error|nocheck)/.test(text)),
    ).toEqual([]);
  });

  test('import each outside library in one file', () => {
    const importers = OUTSIDERS.map((name) =>
      where(({ text }) => new RegExp(`from '${name}'`).test(text)),
    );
    expect(importers).toEqual([
      [`${CORE}/execute.ts`],
      [`${CORE}/events.ts`],
      [`${CORE}/network-error.ts`],
      [`${CORE}/http/structured-fields.ts`],
      [`${CORE}/gate/waiting-line.ts`],
      [`${AXIOS}/bare-axios.ts`],
      [`${REDIS}/bottleneck.ts`],
      [`${REDIS}/ioredis.ts`],
    ]);
  });
});
