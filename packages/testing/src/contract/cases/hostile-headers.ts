import assert from 'node:assert/strict';
import { assertBetween, traceIn } from '../called.js';
import type { Suite } from '../runner.js';

const HUGE = '9'.repeat(400);
const LATE = 'Fri, 31 Dec 9999 23:59:59 GMT';

const HOSTILE: readonly Readonly<Record<string, string | readonly string[]>>[] = [
  { 'retry-after': HUGE },
  { 'retry-after': '1e400' },
  { 'retry-after': '0x10' },
  { 'retry-after': '-0' },
  { 'retry-after': ['1', '2'] },
  { 'retry-after': LATE },
  { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { 'retry-after': '\u00ff\u00fe' },
  { 'retry-after-ms': 'Infinity', 'retry-after': 'NaN' },
  { date: LATE, 'retry-after': 'Mon, 23 Nov 2026 00:00:10 GMT' },
  { date: 'never' },
  { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': HUGE },
  { 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '1h1h1h' },
  { 'x-ratelimit-remaining': '', 'x-ratelimit-reset': '' },
  { 'ratelimit-policy': '"a";q=1;w=', ratelimit: '"a";r=0;t=99999999999999999999' },
  { ratelimit: `"${'a'.repeat(4000)}";r=0;t=1` },
  { 'grpc-retry-pushback-ms': 'soon' },
  { 'x-should-retry': 'perhaps' },
  { 'set-cookie': ['a=1', 'b=2'], 'x-request-id': 'a'.repeat(5000) },
];

/** No answer makes a call hang, throw something of ours, or start a storm. */
export function describeHostileHeaders({ test }: Suite): void {
  for (const [index, headers] of HOSTILE.entries()) {
    const shown = JSON.stringify(headers);
    const title = shown.length > 90 ? `${shown.slice(0, 90)}…` : shown;
    test(`a 429 with ${title} (${index + 1}) ends in an answer of the server`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status: 429, headers });
      const called = await call();
      const stopped = traceIn(called).outcome === 'give-up';
      assert.equal(called.status, stopped ? 429 : 200);
      assert.equal(called.requests, stopped ? 1 : 2);
      if (!stopped) assertBetween(called.gapsMs[0], 500, 61_000);
    });
  }
}
