import type { Report } from './run.js';

export interface Row {
  readonly title: string;
  readonly read: (report: Report) => string;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

const ANSWERED: Row = { title: 'answered', read: ({ answered }) => String(answered) };
const FAILED: Row = { title: 'failed otherwise', read: ({ failed }) => String(failed) };

const LOAD: readonly Row[] = [
  { title: 'requests, refused connections included', read: ({ attempts }) => String(attempts) },
  { title: '429 answers', read: ({ limited }) => String(limited) },
  {
    title: 'requests sent while the key was told to wait',
    read: ({ impatient }) => String(impatient),
  },
  { title: 'time', read: ({ elapsedMs }) => `${(elapsedMs / 1000).toFixed(1)} s` },
];

/** What there is to say of calls into faults. */
export const FAULTY_ROWS: readonly Row[] = [
  ANSWERED,
  { title: 'left to you: may have been billed, not repeated', read: ({ left }) => String(left) },
  FAILED,
  { title: 'calls billed twice or more', read: ({ billedTwice }) => String(billedTwice) },
  { title: 'wasted on second and later bills', read: ({ repeatCents }) => dollars(repeatCents) },
  {
    title: 'first bills of calls without an answer',
    read: ({ unansweredCents }) => dollars(unansweredCents),
  },
  { title: 'billed in all', read: ({ totalCents }) => dollars(totalCents) },
  ...LOAD,
];

/** What there is to say of a burst. */
export const BURST_ROWS: readonly Row[] = [ANSWERED, FAILED, ...LOAD];

/** Both reports side by side, one line for each number. */
export function layOut(rows: readonly Row[], naive: Report, forbear: Report): readonly string[] {
  const cells = [
    ['', 'naive retry', 'Forbear'],
    ...rows.map(({ title, read }) => [title, read(naive), read(forbear)]),
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
