import assert from 'node:assert/strict';
import { genericProfile, traceOf } from '@forbear/core';
import { assertReason, assertSent, assertStatus, codeIn, traceIn } from '../called.js';
import { fakeProfile } from '../fake-profile.js';
import { type Suite, sends } from '../runner.js';

const PAGE = '<html><body><h1>503 Service Unavailable</h1></body></html>';
const BROKE = { error: { message: 'x', type: 'insufficient_quota', code: 'insufficient_quota' } };

/** What is repeated after which answer, and what is not. */
export function describeAnswers(suite: Suite): void {
  if (sends(suite.adapter, 'GET')) suite.describe('a GET', () => describeGets(suite));
  suite.describe('a POST', () => describePosts(suite));
  suite.describe('after a 500', () => describeMethods(suite));
  suite.describe('a POST that gets 503', () => describeOverload(suite));
}

function describeGets({ test }: Suite): void {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    test(`that gets ${status} is answered by the second attempt`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status });
      const called = await call({ method: 'GET' });
      assertStatus(called, 200);
      assert.equal(called.requests, 2);
      assertReason(called, undefined);
    });
  }

  test('that always gets 503 ends after three retries, with the last answer', async (setUp) => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status: 503 }, { times: 3 });
    const body = { error: { message: 'last', type: 'server_error', code: 'last' } };
    provider.fail({ kind: 'status', status: 503, body });
    const called = await call({ method: 'GET' });
    assertStatus(called, 503);
    assert.equal(codeIn(called), 'last');
    assert.equal(called.requests, 4);
    assertReason(called, 'max-retries');
    assert.equal(traceIn(called).mayHaveBeenBilled, false);
  });
}

function describePosts({ test }: Suite): void {
  for (const status of [500, 502, 504]) {
    const fault = { kind: 'status', status, work: 'before' } as const;

    test(`whose work was done before a ${status} is sent once, and billed once`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail(fault);
      const called = await call();
      assertStatus(called, status);
      assertSent(called, 1, 1);
      assertReason(called, 'may-have-been-done');
      const trace = traceIn(called);
      assert.equal(trace.mayHaveBeenBilled, true);
      assert.equal(trace.possibleBills, 1);
      assert.deepEqual(traceOf(called.handed), trace);
    });

    test(`that may be repeated is, after a ${status}, and both bills are counted`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail(fault);
      const called = await call({ forbear: { repeatable: true } });
      assertStatus(called, 200);
      assertSent(called, 2, 2);
      const { outcome, mayHaveBeenBilled, possibleBills } = traceIn(called);
      assert.deepEqual(
        { outcome, mayHaveBeenBilled, possibleBills },
        { outcome: 'success', mayHaveBeenBilled: true, possibleBills: 2 },
      );
    });
  }

  for (const [status, body, reason] of [
    [400, undefined, 'permanent'],
    [401, undefined, 'permanent'],
    [402, undefined, 'quota-exhausted'],
    [403, undefined, 'permanent'],
    [404, undefined, 'permanent'],
    [422, undefined, 'permanent'],
    [429, BROKE, 'quota-exhausted'],
  ] as const) {
    test(`that gets ${status}${body ? ' insufficient_quota' : ''} is sent once, and its answer handed out`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status, ...(body && { body }) });
      const called = await call();
      assertStatus(called, status);
      assert.equal(typeof codeIn(called), 'string');
      assertSent(called, 1, 0);
      assertReason(called, reason);
      assert.equal(traceIn(called).possibleBills, 0);
    });
  }

  test('that gets x-should-retry: false is sent once', async (setUp) => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status: 503, headers: { 'x-should-retry': 'false' } });
    const called = await call();
    assertStatus(called, 503);
    assertSent(called, 1, 0);
    assertReason(called, 'forbidden-by-server');
  });
}

function describeMethods({ adapter, test }: Suite): void {
  for (const [method, requests] of [
    ['PUT', 2],
    ['DELETE', 2],
    ['HEAD', 2],
    ['OPTIONS', 2],
    ['PATCH', 1],
  ] as const) {
    if (!sends(adapter, method)) continue;
    test(`a ${method} is ${requests === 2 ? '' : 'not '}repeated`, async (setUp) => {
      const { provider, call } = await setUp();
      provider.fail({ kind: 'status', status: 500 });
      assert.equal((await call({ method })).requests, requests);
    });
  }
}

function describeOverload({ test }: Suite): void {
  const after = { 'retry-after': '1' };
  for (const [title, profile, headers, body, requests] of [
    ['by a provider that vouches for it is repeated', fakeProfile, {}, undefined, 2],
    ['by a gateway before that provider is not', fakeProfile, {}, PAGE, 1],
    ['with Retry-After is repeated', genericProfile, after, PAGE, 2],
    ['without Retry-After, by an unknown provider, is not', genericProfile, {}, undefined, 1],
    ['with a malformed Retry-After is not', genericProfile, { 'retry-after': 'soon' }, PAGE, 1],
  ] as const) {
    test(title, async (setUp) => {
      const { provider, call } = await setUp({ provider: profile });
      provider.fail({ kind: 'status', status: 503, headers, ...(body && { body }) });
      const called = await call();
      assertStatus(called, requests === 2 ? 200 : 503);
      assertSent(called, requests, requests - 1);
    });
  }
}
