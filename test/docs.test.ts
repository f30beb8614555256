import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decide } from '@forbear/core';
import { flexai } from '@forbear/providers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTUAL_DEFAULTS, ACTUAL_TAGS, findTags, NAMED_DEFAULTS } from './docs-defaults.js';
import {
  type Example,
  findAnchors,
  findExamples,
  findLinks,
  findTables,
  readPage,
  type Table,
} from './docs-page.js';
import { compile, type Programs, ROOT, withoutTimes } from './docs-programs.js';
import { SITUATIONS } from './docs-situations.js';

const PACKAGES = readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name));
const READMES = ['.', ...PACKAGES].map((folder) => join(folder, 'README.md'));
const PAGES = [...READMES, 'packages/limiter/REDIS.md'];

const pathOf = (page: string) => join(ROOT, page);
const examples = PAGES.flatMap((page) => findExamples(page, readPage(pathOf(page))));
const tables = PAGES.flatMap((page) => findTables(page, readPage(pathOf(page))));

/** The links of a text that lead nowhere on this machine. */
function findDeadLinks(page: string, text: string): readonly string[] {
  return findLinks(text).filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const path = file === '' ? pathOf(page) : join(dirname(pathOf(page)), file);
    if (!existsSync(path)) return true;
    const target = file === '' ? text : readFileSync(path, 'utf8');
    return anchor !== undefined && !findAnchors(target).includes(anchor);
  });
}

/** The lines of tables of options whose default is another than the code's. */
function findWrongDefaults(all: readonly Table[]): readonly string[] {
  return all
    .filter(({ columns }) => columns[0] === 'option' && columns[1] === 'default')
    .flatMap(({ page, rows }) =>
      rows
        .filter(([option = '', value]) => ACTUAL_DEFAULTS[option] !== value)
        .map(([option = '', value]) => {
          return `${page}: ${option} is ${ACTUAL_DEFAULTS[option] ?? 'not known'}, not ${value}`;
        }),
    );
}

/** The cells of the table of situations that `decide` does not do. */
function findWrongSituations(table: Table | undefined): readonly string[] {
  const methods = table?.columns.slice(1, -1) ?? [];
  return (table?.rows ?? []).flatMap(([situation = '', ...cells]) =>
    (SITUATIONS[situation] ?? []).flatMap((facts) =>
      methods.flatMap((method, column) => {
        const { action } = decide({ sent: 'unknown', ...facts, method }, { provider: flexai });
        const done = action === 'retry' ? 'again' : 'stops';
        return done === cells[column]
          ? []
          : [`${situation}, ${method}, ${JSON.stringify(facts)}: ${done}, not ${cells[column]}`];
      }),
    ),
  );
}

const situations = tables.find(({ columns }) => columns[0] === 'what happened');

describe('the examples', () => {
  let programs: Programs;
  beforeAll(async () => {
    programs = await compile('pages', examples);
  }, 60_000);
  afterAll(() => programs?.remove());

  test('there is one on every page, and the first page shows at most twelve lines of code', () => {
    expect(new Set(examples.map(({ page }) => page))).toEqual(new Set(PAGES));
    expect(examples[0]?.code.match(/^.+$/gm)?.length).toBeLessThanOrEqual(12);
  });

  test('all of them compile as they stand', () => {
    expect(programs.problems).toBe('');
  });

  test.concurrent.each(
    examples.map((example) => [`${example.page}:${example.line}`, example] as const),
  )('%s runs, and prints what its page says', async (_, example) => {
    const { code, stdout, stderr } = await programs.run(example);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(example.prints, 'the page says what is printed').toBeDefined();
    expect(withoutTimes(stdout)).toBe(withoutTimes(example.prints ?? ''));
  });
});

describe('the tables', () => {
  test('every default that a page names is the one of the code', () => {
    expect(findWrongDefaults(tables)).toEqual([]);
  });

  test('the first page names every default', () => {
    const table = tables.find(({ page, heading }) => page === PAGES[0] && heading === 'Defaults');
    const named = table?.rows.map(([option]) => option) ?? [];
    expect(NAMED_DEFAULTS.filter((option) => !named.includes(option))).toEqual([]);
  });

  test.each(Object.keys(ACTUAL_TAGS))('every @default tag of %s is what the code does', (file) => {
    expect(findTags(readFileSync(pathOf(file), 'utf8'))).toEqual(ACTUAL_TAGS[file]);
  });

  test('every line of the table of situations is known, and is what is decided', () => {
    const named = situations?.rows.map(([situation]) => situation);
    expect(named?.sort()).toEqual(Object.keys(SITUATIONS).sort());
    expect(findWrongSituations(situations)).toEqual([]);
  });
});

test.each(PACKAGES)('the page of %s names every export', async (folder) => {
  const { name, exports } = JSON.parse(readFileSync(pathOf(join(folder, 'package.json')), 'utf8'));
  const page = readPage(pathOf(join(folder, 'README.md')));
  for (const entry of Object.keys(exports).filter((each) => !each.endsWith('.json'))) {
    const names = Object.keys(await import(/* @vite-ignore */ `${name}${entry.slice(1)}`));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((each) => !new RegExp(`\\b${each}\\b`).test(page))).toEqual([]);
  }
});

test('every link to a file, and to a heading in it, leads there', () => {
  const texts = PAGES.map((page) => ({ page, text: readPage(pathOf(page)) }));
  expect(texts.flatMap(({ page, text }) => findDeadLinks(page, text))).toEqual([]);
  expect(texts.flatMap(({ text }) => findLinks(text)).length).toBeGreaterThan(PACKAGES.length);
});

test('the first page names every package that there is, and no other', () => {
  const named = tables.find(({ page, columns }) => page === PAGES[0] && columns[0] === 'package');
  const linked = named?.rows.map(([cell = '']) => findLinks(cell)[0]);
  expect(linked?.sort()).toEqual(PACKAGES.map((folder) => `${folder}/README.md`).sort());
});

describe('the checks see mistakes', () => {
  const mistaken: Example = {
    page: 'README.md',
    line: 7,
    code: "import { createFetch } from '@forbear/fetch';\ncreateFetch({ retries: 3 });\n",
    answers: ['429'],
    prints: '',
  };

  test('code that does not compile is found, on the line of its page', async () => {
    const programs = await compile('mistakes', [mistaken]);
    const { code, stderr } = await programs.run(mistaken);
    programs.remove();
    expect(programs.problems).toMatch(/-7\.mts\(9,15\): error TS2353/);
    expect(code).not.toBe(0);
    expect(stderr).toContain('there is no such option; did you mean maxRetries?');
  }, 60_000);

  test('an example that meets fewer answers than its page says fails', async () => {
    const silent = { ...mistaken, code: "console.log('nothing was asked');\n" };
    const programs = await compile('silence', [silent]);
    const { code, stderr } = await programs.run(silent);
    programs.remove();
    expect(code).toBe(1);
    expect(stderr).toContain('fewer answers');
  }, 60_000);

  test('a wrong default, an unknown option and a wrong situation are found', () => {
    const rows = [
      ['maxRetries', '4'],
      ['retryCount', '3'],
      ['repeatable', 'false'],
    ];
    const table = { page: 'p', heading: '', columns: ['option', 'default'], rows };
    expect(findWrongDefaults([table])).toEqual([
      'p: maxRetries is 3, not 4',
      'p: retryCount is not known, not 3',
    ]);
    const columns = ['what happened', 'GET', 'POST', 'why'];
    const wrong = {
      page: 'p',
      heading: '',
      columns,
      rows: [['408, 424, 499', 'again', 'again', '']],
    };
    expect(findWrongSituations(wrong)).toHaveLength(3);
  });

  test('a link to a file or a heading that is not there is found', () => {
    const text =
      '[a](LICENSE) [b](nowhere.md) [c](packages/core/README.md#nothing) [d](#here)\n# Here';
    expect(findDeadLinks('README.md', text)).toEqual([
      'nowhere.md',
      'packages/core/README.md#nothing',
    ]);
  });

  test('tags of one line and of several are read, each with its interface', () => {
    const source = [
      'export interface A {',
      '  /** One. @default 1 */',
      '  readonly one?: number;',
      '}',
      'export interface B {',
      '  /**',
      '   * Two.',
      '   * @default 2',
      '   */',
      '  readonly two?: number;',
      '}',
    ];
    expect(findTags(source.join('\n'))).toEqual({ 'A.one': '1', 'B.two': '2' });
  });
});
