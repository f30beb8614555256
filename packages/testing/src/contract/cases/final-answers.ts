import assert from 'node:assert/strict';
import { genericProfile } from '@forbear/core';
import { assertStatus } from '../called.js';
import { likenessOf } from '../error-kind.js';
import type { Rig } from '../rig.js';
import type { Suite } from '../runner.js';

const LARGE = 'x'.repeat(256 * 1024);

const BODIES: readonly (readonly [string, string])[] = [
  ['no body', ''],
  ['256 KB of text', LARGE],
  ['JSON that breaks off', '{"error": {"message": "x"'],
  ['JSON that is no object', 'null'],
  ['JSON of a strange shape', JSON.stringify({ error: [{ error: 'x' }], message: 7 })],
  ['256 KB of JSON', JSON.stringify({ error: { message: LARGE, type: 'x', code: 'large' } })],
];

/** The answer of a call that is not repeated comes out as from the bare client. */
export function describeFinalAnswers({ test }: Suite): void {
  for (const status of [400, 401, 404, 409, 429, 500, 503]) {
    test(`a final ${status} comes out as from the bare client`, async (setUp) => {
      const rig = await setUp({ provider: genericProfile });
      rig.provider.fail({ kind: 'status', status }, { times: 2 });
      await assertLikeBare(rig, status);
    });
  }

  for (const [title, body] of BODIES) {
    test(`a 403 with ${title} comes out as from the bare client`, async (setUp) => {
      const rig = await setUp();
      const headers = { 'content-type': 'application/json' };
      rig.provider.fail({ kind: 'status', status: 403, body, headers }, { times: 2 });
      await assertLikeBare(rig, 403);
    });
  }

  test('a 200 is never repeated, whatever its headers say', async (setUp) => {
    const { provider, call } = await setUp();
    const headers = { 'retry-after': '5', 'x-should-retry': 'true' };
    provider.fail({ kind: 'status', status: 200, headers, body: { choices: [] } });
    const called = await call();
    assertStatus(called, 200);
    assert.equal(called.requests, 1);
    assert.equal(called.tookMs, 0);
  });
}

async function assertLikeBare({ call, callBare }: Rig, status: number): Promise<void> {
  const ours = await call({ forbear: { maxRetries: 0 } });
  const bare = await callBare();
  assertStatus(ours, status);
  assert.equal(bare.status, status);
  assert.ok(ours.text === bare.text, 'the body is that of the bare client');
  assert.deepEqual(likenessOf(ours.error), likenessOf(bare.error));
}
