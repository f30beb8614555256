import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';
import { peekData } from './peek.js';

const clock = new FakeClock();
const LONG = 'x'.repeat(20_000);
const SHORT = LONG.slice(0, 16 * 1024);

test.each<[string, unknown, string]>([
  ['a text', 'text', 'text'],
  ['a long text', LONG, SHORT],
  ['a buffer', Buffer.from(LONG), SHORT],
  ['a view', new Uint8Array(Buffer.from('abc')).subarray(1), 'bc'],
  ['an ArrayBuffer', new TextEncoder().encode('bytes').buffer, 'bytes'],
  ['a Blob', new Blob([LONG]), SHORT],
  ['an object', { error: { code: 'a' } }, '{"error":{"code":"a"}}'],
  ['nothing', undefined, ''],
  ['null', null, ''],
  ['a stream of the web', new Blob(['a']).stream(), ''],
])('of %s the beginning is seen', async (_, data, seen) => {
  expect(await peekData(data, clock)).toBe(seen);
});

test('what is seen of a stream stays in it', async () => {
  const stream = new PassThrough();
  const peeking = peekData(stream, clock);
  stream.write('first');
  expect(await peeking).toBe('first');
  stream.end(' second');
  expect(await text(stream)).toBe('first second');
  expect(clock.timers).toBe(0);
});

test('what has come before is seen, at most 16 KiB of it', async () => {
  const stream = new PassThrough({ highWaterMark: 100_000 });
  stream.end(LONG);
  expect(await peekData(stream, clock)).toBe(SHORT);
  expect(await text(stream)).toBe(LONG);
});

test('one that says nothing for 250 ms is left alone, and so is one that breaks', async () => {
  const silent = new PassThrough();
  const peeking = peekData(silent, clock);
  await clock.advance(250);
  expect(await peeking).toBe('');
  expect(silent.listenerCount('readable') + silent.listenerCount('error')).toBe(0);
  const broken = new PassThrough();
  const second = peekData(broken, clock);
  broken.destroy(new Error('broken'));
  expect(await second).toBe('');
  expect(clock.timers).toBe(0);
});

test('one that is read, destroyed or of objects is not touched', async () => {
  const read = new PassThrough();
  read.resume();
  const destroyed = new PassThrough();
  destroyed.destroy();
  for (const stream of [read, destroyed, Readable.from([{ a: 1 }])]) {
    expect(await peekData(stream, clock)).toBe('');
  }
});
