import { Readable } from 'node:stream';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { discardResponse } from './discard.js';

const KIB = 1024;

/** A response whose body gives `chunks` of 1 KiB one by one, and tells what becomes of it. */
function slow(chunks: number, end: 'closes' | 'stalls') {
  const state = { cancelled: false, given: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        if (state.given < chunks) {
          state.given++;
          controller.enqueue(new Uint8Array(KIB));
        } else if (end === 'closes') controller.close();
        else await new Promise(() => {});
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body), state };
}

async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a small body is drained to its end, so that its connection can be used again', async () => {
  const clock = new FakeClock();
  const { response, state } = slow(60, 'closes');
  discardResponse(response, clock);
  expect(clock.timers).toBe(1);
  await waitFor(() => clock.timers === 0);
  expect(state).toEqual({ cancelled: false, given: 60 });
});

test('a body of more than 64 KiB is drained no further, and cancelled', async () => {
  const clock = new FakeClock();
  const { response, state } = slow(1000, 'closes');
  discardResponse(response, clock);
  await waitFor(() => state.cancelled);
  expect(state.given).toBe(65);
  expect(clock.timers).toBe(0);
});

test('a body that stalls is cancelled after 100 ms', async () => {
  const clock = new FakeClock();
  const { response, state } = slow(1, 'stalls');
  discardResponse(response, clock);
  await turns();
  await clock.advance(99);
  expect(state.cancelled).toBe(false);
  await clock.advance(1);
  expect(state.cancelled).toBe(true);
  expect(clock.timers).toBe(0);
});

test('a body of Node, as node-fetch has, is destroyed', () => {
  const body = Readable.from(['x']);
  discardResponse({ body } as unknown as Response, new FakeClock());
  expect(body.destroyed).toBe(true);
});

test('a body that cannot be freed is left alone', () => {
  const locked = new Response('x');
  locked.body?.getReader();
  for (const response of [locked, new Response(null), {}, { body: 'text' }]) {
    discardResponse(response as Response, new FakeClock());
  }
});
