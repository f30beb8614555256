import assert from 'node:assert/strict';
import { explain } from '@forbear/core';
import { recordEvents } from '../../recorded-events.js';
import { traceIn } from '../called.js';
import type { Suite } from '../runner.js';

const SECRET = 'sk-very-secret';

/** What is told of calls holds no credential, no body and no query. */
export function describeSecrets({ test }: Suite): void {
  for (const [title, headers] of [
    ['authorization', { authorization: `Bearer ${SECRET}` }],
    ['x-api-key', { 'x-api-key': SECRET }],
    ['api-key', { 'api-key': SECRET }],
  ] as const) {
    test(`events, traces, gates and waste show no secret of ${title}, of the query or of a body`, async (setUp) => {
      const { provider, policy, call } = await setUp();
      const events = recordEvents(policy);
      const path = '/chat/completions?token=hidden-query';
      const body = JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'hidden-body' }],
      });
      const told = { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const;
      const hidden = { error: { message: 'hidden-answer' } };
      provider.fail([told, { kind: 'status', status: 500, body: hidden }]);
      const type = { 'content-type': 'application/json' };
      const called = [await call({ path, body, headers: { ...type, ...headers } })];
      called.push(await call({ path, body, headers: { ...type, ...headers } }));
      const traces = called.map(traceIn);
      const { gates } = policy;
      const shown = JSON.stringify([events, traces, gates.snapshot(), gates.waste()]);
      for (const secret of [SECRET, 'hidden-query', 'hidden-body', 'hidden-answer']) {
        assert.ok(!shown.includes(secret), `${secret} is shown`);
        assert.ok(!traces.map(explain).join().includes(secret), `${secret} is explained`);
      }
    });
  }
}
