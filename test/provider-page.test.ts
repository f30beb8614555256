import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './docs-programs.js';
import { providersPage, summaryTable } from './provider-page.js';

const FOLDER = join(ROOT, 'packages/providers');
const SUMMARY = /(?<=<!-- profiles -->\n\n)[\s\S]*?(?=\n\n<!-- \/profiles -->)/;

const PAGES: readonly (readonly [string, (page: string) => string])[] = [
  ['PROVIDERS.md', () => providersPage()],
  ['README.md', (page) => page.replace(SUMMARY, summaryTable())],
];

/** `UPDATE_PAGES=1` writes the pages instead. */
test.each(PAGES)('%s of @forbear/providers says what the profiles do', (name, make) => {
  const path = join(FOLDER, name);
  const written = readFileSync(path, 'utf8');
  const made = make(written);
  if (process.env.UPDATE_PAGES) writeFileSync(path, made);
  else expect(written).toBe(made);
});
