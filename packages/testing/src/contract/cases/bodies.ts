import assert from 'node:assert/strict';
import type { RequestRecord } from '../../provider/request-record.js';
import type { BodyKind } from '../adapter.js';
import { assertReason, assertStatus } from '../called.js';
import { CHAT } from '../given-call.js';
import type { Rig } from '../rig.js';
import type { Suite } from '../runner.js';

const bytes = new TextEncoder().encode(CHAT);
const JSON_TYPE = { 'content-type': 'application/json' };
const OFFLINE = { kind: 'status', status: 503 } as const;

function makeForm(): FormData {
  const form = new FormData();
  form.set('model', 'test-model');
  form.set('file', new Blob([bytes], { type: 'audio/wav' }), 'a.wav');
  return form;
}

const BODIES: readonly [BodyKind, () => unknown, Readonly<Record<string, string>>][] = [
  ['bytes', () => bytes.slice(), JSON_TYPE],
  ['buffer', () => bytes.slice().buffer, JSON_TYPE],
  ['blob', () => new Blob([CHAT], { type: 'application/json' }), JSON_TYPE],
  ['search-params', () => new URLSearchParams({ a: 'b c' }), {}],
  ['form', makeForm, {}],
];

/** Every attempt sends what was given at the call. */
export function describeBodies(suite: Suite): void {
  const { adapter, test } = suite;
  const takes = (kind: BodyKind) => adapter.bodies?.includes(kind) ?? true;

  test('a string is sent byte for byte the same on every attempt', async (setUp) => {
    const rig = await setUp();
    await assertSame(rig, () => CHAT, JSON_TYPE);
    assert.deepEqual(
      rig.provider.requests.map(({ body }) => body),
      [CHAT, CHAT, CHAT, CHAT],
    );
  });

  for (const [kind, make, headers] of BODIES.filter(([each]) => takes(each))) {
    test(`a body of the kind ${kind} is sent the same on every attempt`, async (setUp) => {
      await assertSame(await setUp(), make, headers);
    });
  }

  if (takes('bytes')) {
    test('what the caller does to a body after the call changes no attempt', async (setUp) => {
      const { provider, call, nextWait } = await setUp();
      provider.fail(OFFLINE, { times: 2 });
      const body = bytes.slice();
      const waiting = nextWait();
      const calling = call({ body, headers: JSON_TYPE });
      await waiting;
      body.fill(0);
      assertStatus(await calling, 200);
      assert.deepEqual(
        provider.requests.map((each) => each.body),
        [CHAT, CHAT, CHAT],
      );
    });
  }

  if (adapter.stream !== undefined) describeStreams(suite, adapter.stream);
}

function describeStreams({ test }: Suite, stream: (text: string) => unknown): void {
  test('a stream is sent once, and the trace says that it cannot be sent again', async (setUp) => {
    const { provider, call } = await setUp();
    provider.fail(OFFLINE);
    const called = await call({ body: stream(CHAT), headers: JSON_TYPE });
    assertStatus(called, 503);
    assert.deepEqual(
      provider.requests.map(({ body }) => body),
      [CHAT],
    );
    assertReason(called, 'not-replayable');
  });

  test('a factory makes a stream for every attempt', async (setUp) => {
    const { provider, call } = await setUp();
    provider.fail(OFFLINE, { times: 2 });
    const body = () => stream(CHAT);
    const called = await call({ body: undefined, headers: JSON_TYPE, forbear: { body } });
    assertStatus(called, 200);
    assert.deepEqual(
      provider.requests.map((each) => each.body),
      [CHAT, CHAT, CHAT],
    );
  });
}

/** Two attempts fail harmlessly; all three send the same, and what the bare client sends. */
async function assertSame(
  { provider, call, callBare }: Rig,
  make: () => unknown,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  provider.fail(OFFLINE, { times: 2 });
  const called = await call({ body: make(), headers });
  assert.equal(called.requests, 3);
  await callBare({ body: make(), headers });
  const [first, second, third, bare] = provider.requests;
  for (const again of [second, third]) {
    assert.equal(again?.bodySha256, first?.bodySha256);
    assert.equal(again?.headers['content-type'], first?.headers['content-type']);
    assert.equal(again?.headers['content-length'], first?.headers['content-length']);
  }
  assert.deepEqual(withoutBoundary(first), withoutBoundary(bare));
}

/** What was sent, with the boundary of a form taken out: each form has one of its own. */
function withoutBoundary(request: RequestRecord | undefined) {
  const { body = '', headers } = request ?? {};
  const type = headers?.['content-type'] ?? '';
  const [, boundary = ''] = type.split('boundary=');
  const cut = (text: string) => (boundary === '' ? text : text.replaceAll(boundary, 'boundary'));
  return { type: cut(type), body: cut(body) };
}
