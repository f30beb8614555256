import { getEventListeners } from 'node:events';
import { FakeClock } from '@forbear/testing';
import { describe, expect, test, vi } from 'vitest';
import { peekBody } from './peek.js';

const KIB = 1024;

/** A response whose body gives `chunks`, then stalls, and tells what becomes of it. */
function stalling(...chunks: readonly string[]) {
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const state = { cancelled: false, given: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) return new Promise(() => {});
      state.given += chunk.byteLength;
      controller.enqueue(chunk);
      return undefined;
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { response: new Response(body, { status: 429 }), state };
}

async function hasSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  work.then(done, done);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('a peek', () => {
  test('gives the whole of a short body, which stays unread and can still be cloned', async () => {
    const clock = new FakeClock();
    const response = new Response('{"error":{}}', { status: 429 });
    expect(await peekBody(response, clock, undefined)).toBe('{"error":{}}');
    expect(response.bodyUsed).toBe(false);
    expect(await response.clone().text()).toBe('{"error":{}}');
    expect(await response.text()).toBe('{"error":{}}');
    expect(clock.timers).toBe(0);
  });

  test('ends at 16 KiB, in the middle of a chunk, without waiting', async () => {
    const chunks = Array.from({ length: 100 }, () => 'x'.repeat(10 * KIB));
    const { response, state } = stalling(...chunks);
    expect(await peekBody(response, new FakeClock(), undefined)).toBe('x'.repeat(16 * KIB));
    expect(state.given).toBeLessThanOrEqual(40 * KIB);
    expect(response.bodyUsed).toBe(false);
  });

  test('leaves out a character that is cut in two', async () => {
    const { response } = stalling(`${'x'.repeat(16 * KIB - 1)}é`);
    expect(await peekBody(response, new FakeClock(), undefined)).toBe('x'.repeat(16 * KIB - 1));
  });

  test('of a body that stalls ends after 250 ms, with what has come', async () => {
    const clock = new FakeClock();
    const { response, state } = stalling('half');
    const peeking = peekBody(response, clock, undefined);
    await clock.advance(249);
    expect(await hasSettled(peeking)).toBe(false);
    await clock.advance(1);
    expect(await peeking).toBe('half');
    expect(state.cancelled).toBe(false);
  });

  test('of a body that breaks gives what has come', async () => {
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (reads++ > 0) throw new Error('reset');
        controller.enqueue(new TextEncoder().encode('half'));
      },
    });
    const response = new Response(body, { status: 500 });
    expect(await peekBody(response, new FakeClock(), undefined)).toBe('half');
    await expect(response.text()).rejects.toThrow('reset');
  });

  test('ends at once with an abort, with what has come', async () => {
    const controller = new AbortController();
    const { response } = stalling('half');
    const peeking = peekBody(response, new FakeClock(), controller.signal);
    expect(await hasSettled(peeking)).toBe(false);
    controller.abort();
    expect(await peeking).toBe('half');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('is not begun after an abort', async () => {
    const { response } = stalling('half');
    const clock = new FakeClock();
    expect(await peekBody(response, clock, AbortSignal.abort())).toBe('');
    expect(clock.timers).toBe(0);
  });

  test('has one listener on a signal with all others, and leaves none', async () => {
    const { signal } = new AbortController();
    const clock = new FakeClock();
    const peeks = Array.from({ length: 20 }, () => peekBody(stalling('x').response, clock, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await clock.run(Promise.all(peeks));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test.each([
    ['short of the end', 'x'.repeat(20 * KIB)],
    ['that stalls', 'x'],
  ])('lets go of its clone %s, so that the caller’s cancel reaches the source', async (_, body) => {
    const clock = new FakeClock();
    const { response, state } = stalling(body);
    await clock.run(peekBody(response, clock, undefined));
    await response.body?.cancel();
    expect(state.cancelled).toBe(true);
  });
});

describe('what cannot be cloned is peeked as empty, and left as it is', () => {
  const used = new Response('x');
  void used.text();
  const locked = new Response('x');
  locked.body?.getReader();
  const { body } = new Response('x');

  test('a body of Node, of which a clone would stall what is read of it', async () => {
    const clone = vi.fn();
    const response = { body: { pipe() {} }, clone } as unknown as Response;
    expect(await peekBody(response, new FakeClock(), undefined)).toBe('');
    expect(clone).not.toHaveBeenCalled();
  });

  test.each<[string, unknown]>([
    ['no body', new Response(null)],
    ['a used body', used],
    ['a locked body', locked],
    ['a mock without clone', { body }],
    ['a mock whose clone throws', { body, clone: () => expect.unreachable() }],
    ['a mock whose clone is empty', { body, clone: () => undefined }],
  ])('%s', async (_, response) => {
    const clock = new FakeClock();
    expect(await peekBody(response as Response, clock, undefined)).toBe('');
    expect(clock.timers).toBe(0);
    expect(body?.locked).toBe(false);
  });
});
