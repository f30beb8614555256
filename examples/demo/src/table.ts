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

const REQUESTS: Row = {
  title: 'requests, refused connections included',
  read: ({ attempts }) => String(attempts),
};

const LOAD: readonly Row[] = [
  REQUESTS,
  { title: '429 answers', read: ({ limited }) => String(limited) },
  {
    title: 'requests sent while the key was told to wait',
    read: ({ impatient }) => String(impatient),
  },
  { title: 'time', read: ({ elapsedMs }) => `${(elapsedMs / 1000).toFixed(1)} s` },
];

const ENDS: readonly Row[] = [
  ANSWERED,
  { title: 'left to you: may have been billed, not repeated', read: ({ left }) => String(left) },
  FAILED,
];

const TWICE: readonly Row[] = [
  { title: 'calls billed twice or more', read: ({ billedTwice }) => String(billedTwice) },
  { title: 'wasted on second and later bills', read: ({ repeatCents }) => dollars(repeatCents) },
];

const TOTAL: Row = { title: 'billed in all', read: ({ totalCents }) => dollars(totalCents) };

/** What there is to say of calls into faults. */
export const FAULTY_ROWS: readonly Row[] = [
  ...ENDS,
  ...TWICE,
  {
    title: 'first bills of calls without an answer',
    read: ({ unansweredCents }) => dollars(unansweredCents),
  },
  TOTAL,
  ...LOAD,
];

/** What there is to say of an SDK: answers, bills and requests. */
export const SDK_ROWS: readonly Row[] = [...ENDS, ...TWICE, TOTAL, REQUESTS];

/** What there is to say of a burst. */
export const BURST_ROWS: readonly Row[] = [ANSWERED, FAILED, ...LOAD];

/** Both reports side by side under their names, one line for each number. */
export function layOut(
  rows: readonly Row[],
  names: readonly [string, string],
  reports: readonly [Report, Report],
): readonly string[] {
  const cells = [['', ...names], ...rows.map(({ title, read }) => [title, ...reports.map(read)])];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const [titleWidth = 0, leftWidth = 0, rightWidth = 0] = widths;
  return cells.map(
    ([title = '', left = '', right = '']) =>
      `${title.padEnd(titleWidth)}  ${left.padStart(leftWidth)}  ${right.padStart(rightWidth)}`,
  );
}
