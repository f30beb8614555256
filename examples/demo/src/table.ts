import type { Report } from './run.js';

interface Row {
  readonly title: string;
  readonly read: (report: Report) => string;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

const ROWS: readonly Row[] = [
  { title: 'answered', read: ({ answered }) => String(answered) },
  { title: 'left to you: may have been billed, not repeated', read: ({ left }) => String(left) },
  { title: 'failed otherwise', read: ({ failed }) => String(failed) },
  { title: 'calls billed twice or more', read: ({ billedTwice }) => String(billedTwice) },
  { title: 'wasted on second and later bills', read: ({ repeatCents }) => dollars(repeatCents) },
  {
    title: 'first bills of calls without an answer',
    read: ({ unansweredCents }) => dollars(unansweredCents),
  },
  { title: 'billed in all', read: ({ totalCents }) => dollars(totalCents) },
  { title: 'requests, refused connections included', read: ({ attempts }) => String(attempts) },
  { title: '429 answers', read: ({ limited }) => String(limited) },
  {
    title: 'requests sent while the same call was told to wait',
    read: ({ impatient }) => String(impatient),
  },
  { title: 'time', read: ({ elapsedMs }) => `${(elapsedMs / 1000).toFixed(1)} s` },
];

/** Both reports side by side, one line for each number. */
export function layOut(naive: Report, forbear: Report): readonly string[] {
  const cells = [
    ['', 'naive retry', 'Forbear'],
    ...ROWS.map(({ title, read }) => [title, read(naive), read(forbear)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const [titleWidth = 0, naiveWidth = 0, forbearWidth = 0] = widths;
  return cells.map(
    ([title = '', left = '', right = '']) =>
      `${title.padEnd(titleWidth)}  ${left.padStart(naiveWidth)}  ${right.padStart(forbearWidth)}`,
  );
}
