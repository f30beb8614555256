import assert from 'node:assert/strict';
import { genericProfile, traceOf } from '@forbear/core';
import { assertReason, assertSent, assertStatus, traceIn } from '../called.js';
import { likenessOf } from '../error-kind.js';
import { type Suite, sends } from '../runner.js';

/** What is repeated after a connection that failed, and that the client's own error comes out. */
export function describeConnections(suite: Suite): void {
  const { adapter, describe, test } = suite;

  if (sends(adapter, 'GET')) {
    for (const when of ['before', 'during', 'after'] as const) {
      test(`a GET whose connection is reset ${when} the work is answered by the second attempt`, async (setUp) => {
        const { provider, call } = await setUp();
        provider.fail({ kind: 'close', when, reset: true });
        const called = await call({ method: 'GET' });
        assertStatus(called, 200);
        assert.equal(called.requests, 2);
      });
    }
  }

  test('a POST that was never sent is repeated until the server is back, and billed once', async (setUp) => {
    const { provider, call } = await setUp();
    await provider.refuse(700);
    const called = await call();
    assertStatus(called, 200);
    assertSent(called, 1, 1);
    const { attempts, mayHaveBeenBilled, possibleBills } = traceIn(called);
    assert.ok(attempts.length > 1, 'the first attempt was refused');
    assert.equal(attempts[0]?.failure?.evidence, 'not-sent');
    assert.deepEqual(
      { mayHaveBeenBilled, possibleBills },
      { mayHaveBeenBilled: false, possibleBills: 1 },
    );
  });

  test('a POST that can never be sent ends after its retries, with the error of the bare client', async (setUp) => {
    const { provider, call, callBare } = await setUp();
    await provider.refuse();
    const called = await call({ forbear: { maxRetries: 2 } });
    assert.deepEqual(likenessOf(called.error), likenessOf((await callBare()).error));
    assertReason(called, 'max-retries');
    assert.equal(traceIn(called).attempts.length, 3);
    assert.equal(traceIn(called).mayHaveBeenBilled, false);
    assert.deepEqual(traceOf(called.error), called.told);
  });

  describe('a POST that may have arrived is sent once, and the error of the bare client comes out', () =>
    describeArrived(suite));

  test('a POST whose answer breaks off is not sent again, and its reader is told', async (setUp) => {
    const { provider, call, callBare } = await setUp();
    provider.fail({ kind: 'cut' }, { times: 2 });
    const called = await call();
    assertSent(called, 1, 1);
    assert.notEqual(called.error, undefined, 'reading it fails');
    assert.deepEqual(likenessOf(called.error), likenessOf((await callBare()).error));
  });
}

function describeArrived({ test }: Suite): void {
  for (const [title, fault, bills] of [
    ['when its socket is destroyed after the work', { kind: 'close', when: 'after' }, 1],
    ['when its socket is reset after the work', { kind: 'close', when: 'after', reset: true }, 1],
    ['when its socket is destroyed in the work', { kind: 'close', when: 'during' }, 1],
    ['when its socket was dead already', { kind: 'close', when: 'before' }, 0],
  ] as const) {
    test(title, async (setUp) => {
      const { provider, call, callBare } = await setUp({ provider: genericProfile });
      await call();
      provider.fail(fault, { times: 2 });
      const called = await call();
      assertSent(called, 1, bills);
      assertReason(called, 'may-have-been-done');
      assert.equal(traceIn(called).mayHaveBeenBilled, true);
      assert.deepEqual(traceOf(called.error), called.told);
      assert.deepEqual(likenessOf(called.error), likenessOf((await callBare()).error));
    });
  }
}
