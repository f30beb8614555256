import { PassThrough } from 'node:stream';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import type { AxiosResponse } from './bare-axios.js';
import { answerOf, discardAnswer } from './discard.js';

const clock = new FakeClock();

function discard(data: unknown): void {
  discardAnswer({ data } as AxiosResponse, clock);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a small stream is read to its end, so that its connection can be used again', async () => {
  const stream = new PassThrough();
  discard(stream);
  stream.end('small');
  await new Promise((resolve) => stream.on('end', resolve));
  expect(clock.timers).toBe(0);
});

test('a large one and a slow one are destroyed', async () => {
  const large = new PassThrough();
  discard(large);
  large.write('x'.repeat(65 * 1024));
  await turn();
  expect(large.destroyed).toBe(true);
  const slow = new PassThrough();
  discard(slow);
  slow.write('x');
  await clock.advance(99);
  expect(slow.destroyed).toBe(false);
  await clock.advance(1);
  expect(slow.destroyed).toBe(true);
  await turn();
  expect(clock.timers).toBe(0);
});

test('one that breaks meanwhile harms nobody', async () => {
  const stream = new PassThrough();
  discard(stream);
  stream.destroy(new Error('broken'));
  await turn();
  expect(clock.timers).toBe(0);
});

test('a small stream of the web is read, a large, a slow and a broken one are cancelled', async () => {
  const ended: string[] = [];
  const make = (name: string, size: number) =>
    new ReadableStream({
      pull(controller) {
        if (size === 0) return new Promise(() => {});
        if (size < 0) throw new Error('broken');
        controller.enqueue(new Uint8Array(size));
        if (size < 100) {
          ended.push(`${name} read`);
          controller.close();
        }
        return undefined;
      },
      cancel() {
        ended.push(`${name} cancelled`);
      },
    });
  discard(make('small', 1));
  discard(make('large', 40_000));
  discard(make('slow', 0));
  discard(make('broken', -1));
  await turn();
  await clock.advance(100);
  expect(ended.sort()).toEqual(['large cancelled', 'slow cancelled', 'small read']);
});

test('what is no stream, or is read by somebody, is left alone', () => {
  const locked = new Blob(['a']).stream();
  locked.getReader();
  for (const data of [undefined, null, 'text', {}, new Uint8Array(1), locked]) discard(data);
  expect(clock.timers).toBe(0);
});

test('the answer of an error is found, whatever was thrown', () => {
  const response = { status: 500 };
  expect(answerOf({ response })).toBe(response);
  for (const thrown of [undefined, null, 'text', {}, { response: null }, { response: 'text' }]) {
    expect(answerOf(thrown)).toBeUndefined();
  }
});
