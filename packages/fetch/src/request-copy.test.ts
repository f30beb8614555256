import { FakeClock } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { readCopy } from './request-copy.js';

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** A POST whose body is what `write` writes. */
function post(write: (body: ReadableStreamDefaultController) => void): Request {
  const body = new ReadableStream({ start: write });
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
  return new Request('https://api.test/', init);
}

const chunks = (...all: readonly string[]) =>
  post((body) => {
    for (const each of all) body.enqueue(new TextEncoder().encode(each));
    body.close();
  });

test('a copy has all bytes, and leaves the body to be sent', async () => {
  const request = chunks('ab', 'cd', 'e');
  const copy = readCopy(request, 5, new FakeClock());
  expect(text(await copy())).toBe('abcde');
  expect(await request.text()).toBe('abcde');
});

test('the same copy is given each time', async () => {
  const copy = readCopy(chunks('a'), 5, new FakeClock());
  expect(await copy()).toBe(await copy());
});

describe('there is no copy', () => {
  test('of more bytes than are allowed, which is known at once, and all of it is still sent', async () => {
    let close = () => {};
    const request = post((body) => {
      body.enqueue(new TextEncoder().encode('abcdef'));
      close = () => body.close();
    });
    expect(await readCopy(request, 5, new FakeClock())()).toBeUndefined();
    close();
    expect(await request.text()).toBe('abcdef');
  });

  test('of a body that breaks', async () => {
    const copy = readCopy(
      post((body) => body.error(new Error('it broke'))),
      5,
      new FakeClock(),
    );
    expect(await copy()).toBeUndefined();
  });

  test('of a body that is still coming 250 ms after it was asked for', async () => {
    const clock = new FakeClock();
    const copy = readCopy(
      post((body) => body.enqueue(new Uint8Array(1))),
      5,
      clock,
    );
    await clock.advance(1000);
    expect(await clock.run(copy())).toBeUndefined();
    expect(clock.monotonic()).toBe(1250);
    expect(clock.timers).toBe(0);
  });
});
