import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, run, withoutTimes } from './docs-programs.js';

const FOLDER = join(ROOT, 'examples');

/** What each example must print, among other things and in this order; durations are `N s`. */
const PRINTS: Readonly<Record<string, readonly string[]>> = {
  fetch: [
    "Attempt 1: the key's requests per minute are used up. Again in N s.",
    'Attempt 2: a subsystem is offline, and the gateway says so before any work. Again in N s.',
    'This answer was made by a fake provider.',
    'stopped: POST may have been processed',
    'Set aside for review: Name a colour.',
    'Billed: 2 cents, 0 completions twice.',
  ],
  axios: [
    '2 attempts in N s. 1: 429 rate-limited (rate_limit_exceeded)',
    'waited N s because retry-after said N s. 2: succeeded.',
    'This answer was made by a fake provider.',
    '1: 500 server-error (upstream_timeout)',
    'stopped: POST may have been processed and flex.ai honours no idempotency key',
    'ERR_BAD_RESPONSE: Request failed with status code 500',
    'Set aside for review: Name a colour.',
    'Billed: 2 cents, 0 calls twice.',
  ],
  openai: [
    'Attempt 1: a rate limit answers before the work (RFC 6585, 4). Again in N s.',
    'This answer was made by a fake provider.\nThis answer was made by a fake provider.\n',
    'InternalServerError: 500 Upstream model timed out.',
    '1 attempt in N s. 1: 500 server-error, stopped: POST may have been processed',
    'Billed: 3 cents, 0 calls twice.',
  ],
  anthropic: [
    '529: it named the time to come back',
    'This answer was made by a fake provider.',
    'InternalServerError 500: 1 attempt in N s. 1: 500 server-error, stopped: POST may have been',
    'Billed: 2 cents, 0 calls twice.',
  ],
  'ai-sdk': [
    'Waits: a rate limit answers before the work',
    'This answer was made by a fake provider.',
    'Gave up: may-have-been-done.',
    'AI_APICallError 500: Upstream model timed out.',
    'Billed: 2 cents, 0 calls twice.',
  ],
  execute: [
    '3 attempts in N s. 1: 503 overloaded, waited N s because retry-after said N s.',
    '2: 500 server-error, waited N s (backoff). 3: succeeded.',
    '200',
    'stopped: POST may have been processed',
    '500',
    'Billed: 1 cents, 0 jobs twice.',
  ],
  fleet: ['Redis is up again', '0 of them refused, none lost.'],
  batch: [
    'done, ',
    ' under way, ',
    ' a second, ',
    ' cents at risk',
    'Stopped after ',
    ' answers. Again:',
    '1980 answers, 20 set aside for review, 0 failed.',
    'Refused: 0. Billed twice: 0.',
  ],
  'custom-policy': [
    'acme',
    'its queue was full, so no work was begun',
    'a rate limit answers before the work',
    '200 3 attempts',
    'useful: 1',
    'possiblyBilled: 0',
  ],
};

function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** The first of these texts that does not come after the others. */
function findMissing(printed: string, texts: readonly string[]): string | undefined {
  let from = 0;
  return texts.find((text) => {
    const at = printed.indexOf(text, from);
    from = at + text.length;
    return at === -1;
  });
}

describe('the examples', () => {
  test.concurrent.each(Object.entries(PRINTS))(
    '%s.ts runs, and prints what matters',
    { timeout: 90_000 },
    async (name, texts) => {
      if (name === 'fleet' && !hasRedis())
        return console.log('fleet.ts: no redis-server is installed');
      const { code, stdout, stderr } = await run([join('examples', 'dist', `${name}.js`)], ROOT);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(findMissing(withoutTimes(stdout), texts), stdout).toBeUndefined();
    },
  );

  test('all that there are have a line here', () => {
    const names = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
    expect(names.sort()).toEqual(
      Object.keys(PRINTS)
        .map((name) => `${name}.ts`)
        .sort(),
    );
  });

  test('a text that is missing or out of order is found', () => {
    expect(findMissing('one two', ['one', 'two'])).toBeUndefined();
    expect(findMissing('one two', ['two', 'one'])).toBe('one');
  });
});
