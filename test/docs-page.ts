import { readFileSync } from 'node:fs';

/** An example of a page: a whole program, and what its page says of it. */
export interface Example {
  readonly page: string;
  /** The line of the page that its fence is on, from 1. */
  readonly line: number;
  readonly code: string;
  /** `<!-- answers: … -->` before it: what its first requests meet, instead of an answer. */
  readonly answers: readonly string[];
  /** The `text` block right after it: all that it prints. */
  readonly prints: string | undefined;
}

export interface Table {
  readonly page: string;
  /** The heading that it is under. */
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const EXAMPLE =
  /(?:<!-- answers: (?<answers>.*?) -->\n\n)?^```ts\n(?<code>[\s\S]*?)^```$(?:\n\n^```text\n(?<prints>[\s\S]*?)^```$)?/gm;
const TABLE = /^\|.*\|\n\|[-| ]+\|\n(?:\|.*\|\n)*/gm;
const LINK = /\[[^\]\n]*\]\((?<target>[^)\s]+)\)/g;

export function readPage(page: string): string {
  return readFileSync(page, 'utf8');
}

/** The `ts` blocks of a page. */
export function findExamples(page: string, text = readPage(page)): readonly Example[] {
  return [...text.matchAll(EXAMPLE)].map(({ index, groups = {}, 0: whole }) => {
    const fence = index + whole.indexOf('```ts');
    return {
      page,
      line: text.slice(0, fence).split('\n').length,
      code: groups.code ?? '',
      answers: groups.answers?.split('; ') ?? [],
      prints: groups.prints,
    };
  });
}

/** The tables of a page; their cells without the backticks of code. */
export function findTables(page: string, text = readPage(page)): readonly Table[] {
  return [...text.matchAll(TABLE)].map(({ index, 0: whole }) => {
    const [columns = [], , ...rows] = whole.trim().split('\n').map(splitRow);
    const heading =
      text
        .slice(0, index)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? '';
    return { page, heading: heading.replace(/^#+ /, ''), columns, rows };
  });
}

/** Where the links of a page go; its code is left out. */
export function findLinks(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(LINK)].map(({ groups = {} }) => groups.target ?? '');
}

/** The names of a page's headings in links, as GitHub makes them. */
export function findAnchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function splitRow(row: string): readonly string[] {
  return row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}
