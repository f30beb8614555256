import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { AxiosResponse } from './bare-axios.js';
import { openBodyOf } from './open-body.js';

const answer = (data: unknown) => ({ data }) as AxiosResponse;

test('a stream of Node is open until it has closed, read or destroyed', async () => {
  for (const end of [
    (stream: Readable) => stream.resume(),
    (stream: Readable) => stream.destroy(),
  ]) {
    const stream = Readable.from(['some', 'text']);
    const body = openBodyOf(answer(stream));
    let ends = 0;
    body?.onOver(() => ends++);
    expect(ends).toBe(0);
    end(stream);
    await once(stream, 'close');
    expect(ends).toBe(1);
    expect(openBodyOf(answer(stream))).toBeUndefined();
  }
});

test.each<[string, (stream: Readable) => unknown]>([
  ['flows', (stream) => stream.resume()],
  ['is paused', (stream) => stream.pause()],
  ['is read by hand', (stream) => stream.read()],
])('a stream that %s is read, one that nobody has touched is not', async (_, touch) => {
  const stream = new Readable({ read() {} });
  stream.push('some text');
  const body = openBodyOf(answer(stream));
  expect(body?.isRead).toBe(false);
  touch(stream);
  expect(body?.isRead).toBe(true);
  stream.destroy();
});

test('what has come whole is not open', () => {
  for (const data of ['text', { json: true }, null, undefined, new Uint8Array(2)]) {
    expect(openBodyOf(answer(data))).toBeUndefined();
  }
});
