import assert from 'node:assert/strict';
import type { FaultRequest } from '../../provider/fault.js';
import { assertStatus } from '../called.js';
import { type Suite, sends } from '../runner.js';

const LARGE = 'x'.repeat(256 * 1024);
const LARGER = 'x'.repeat(2 * 1024 * 1024);

/** What was not handed out holds no connection. */
export function describeSockets({ adapter, test }: Suite): void {
  if (!sends(adapter, 'GET')) return;
  const method = 'GET';

  for (const [title, status] of [
    ['that nobody looks at', 502],
    ['of which the beginning may be peeked', 503],
  ] as const) {
    test(`thirty failures with an error body of 256 KB ${title} use at most three sockets at a time`, async (setUp) => {
      const { provider, policy, call } = await setUp({ maxRetries: 40 });
      provider.fail({ kind: 'status', status, body: LARGE, work: 'none' }, { times: 30 });
      let most = 0;
      policy.events.on('attempt', () => {
        most = Math.max(most, provider.openSockets);
      });
      const called = await call({ method });
      assertStatus(called, 200);
      assert.equal(called.requests, 31);
      assert.ok(most <= 3, `${most} sockets at a time`);
    });
  }

  test('failures with large bodies do not use up a client that may open one connection', async (setUp) => {
    const { provider, call } = await setUp({ maxRetries: 40, maxSockets: 1 });
    provider.fail({ kind: 'status', status: 503, body: LARGER }, { times: 5 });
    const called = await call({ method });
    assertStatus(called, 200);
    assert.equal(called.requests, 6);
  });

  test('calls at once, each of which fails twice, do not use up two connections', async (setUp) => {
    const faults = ({ number }: FaultRequest) =>
      number <= 2 ? ({ kind: 'status', status: 503 } as const) : undefined;
    const { provider, burst } = await setUp({ maxSockets: 2, server: { faults } });
    for (const called of await burst(10, { method })) assertStatus(called, 200);
    assert.ok(provider.sockets <= 2, `${provider.sockets} sockets`);
  });

  test('small error bodies are read to their end, so that one socket serves all attempts', async (setUp) => {
    const { provider, call } = await setUp({ maxRetries: 20, maxSockets: 1 });
    provider.fail({ kind: 'status', status: 500, body: 'small', work: 'none' }, { times: 20 });
    assert.equal((await call({ method })).requests, 21);
    assert.equal(provider.sockets, 1);
  });
}
