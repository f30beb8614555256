import { systemClock } from '@forbear/core';
import { describe, expect, test } from 'vitest';
import { planBody } from './body.js';
import type { BodyFactory } from './body-factory.js';
import type { Init } from './request-parts.js';

const LIMIT = 10;
const first = { number: 1, signal: undefined };
const second = { number: 2, signal: undefined };

function planOf(body: unknown, factory?: BodyFactory) {
  return planBody('https://api.test/', { body } as Init, factory, LIMIT, systemClock);
}

test.each([
  ['none', undefined],
  ['null', null],
  ['a text', 'x'.repeat(100)],
  ['a Blob', new Blob(['x'.repeat(100)])],
])('%s is sent as it is, and again', async (_, body) => {
  const { patch, replayable } = planOf(body);
  expect(patch).toBeUndefined();
  expect(replayable).toBeUndefined();
});

describe('what its owner can change is given at once, and later as a copy of whatever size', () => {
  const bytes = () => new Uint8Array(Array(100).fill(7));
  test.each<[string, () => BodyInit, () => unknown]>([
    ['a Uint8Array', bytes, bytes],
    ['an ArrayBuffer', () => bytes().buffer, bytes],
    ['a view of a part', () => new DataView(bytes().buffer, 90), () => bytes().slice(90)],
    [
      'URLSearchParams',
      () => new URLSearchParams({ a: 'b' }),
      () => new URLSearchParams({ a: 'b' }),
    ],
  ])('%s', (_, make, expected) => {
    const body = make();
    const { patch, replayable } = planOf(body);
    expect(replayable).toBeUndefined();
    expect(patch?.(first, true)).toBeUndefined();
    if (body instanceof URLSearchParams) body.set('a', 'changed');
    else new Uint8Array(ArrayBuffer.isView(body) ? body.buffer : (body as ArrayBuffer)).fill(0);
    expect(patch?.(first, false)).toEqual({ body: expected() });
    expect(patch?.(second, false)).toEqual({ body: expected() });
  });
});

test('a form is the same Blob on every attempt', () => {
  const { patch, replayable } = planOf(new FormData());
  expect(replayable).toBeUndefined();
  const parts = patch?.(first, true);
  expect(parts).toEqual({ body: expect.any(Blob) });
  expect(patch?.(second, false)).toBe(parts);
});

test.each([
  ['a stream', new Blob(['x']).stream()],
  ['an object that is none of these', { x: 1 }],
])('%s is sent once', (_, body) => {
  const { patch, replayable } = planOf(body);
  expect(patch).toBeUndefined();
  expect(replayable?.()).toBe(false);
});

describe('a factory', () => {
  test.each([
    ['a text', 'x', { body: 'x' }],
    ['null', null, { body: null }],
  ])('makes %s', async (_, body, expected) => {
    expect(await planOf('given', () => body).patch?.(first, true)).toEqual(expected);
  });

  test.each([
    ['a stream', () => new Blob(['x']).stream()],
    ['an async iterable', () => (async function* () {})() as unknown as ReadableStream],
  ])('makes %s, which fetch takes with duplex only', async (_, make) => {
    const body = make();
    expect(await planOf(undefined, () => body).patch?.(first, true)).toEqual({
      body,
      duplex: 'half',
    });
  });
});

describe('the body of a Request', () => {
  const make = (body: string) => new Request('https://api.test/', { method: 'POST', body });
  const plan = (request: Request, init?: Init) =>
    planBody(request, init, undefined, LIMIT, systemClock);

  test.each([
    ['up to maxReplayBytes is copied for the later attempts', 'x'.repeat(LIMIT), true],
    ['above it is not', 'x'.repeat(LIMIT + 1), false],
  ])('%s', async (_, text, copied) => {
    const { patch, replayable } = plan(make(text));
    expect(await replayable?.()).toBe(copied);
    expect(patch?.(first, true)).toBeUndefined();
    expect(await patch?.(second, false)).toEqual(
      copied ? { body: new TextEncoder().encode(text) } : {},
    );
  });

  test('that was read before is left to bare fetch', async () => {
    const request = make('x');
    await request.text();
    expect(plan(request).replayable?.()).toBe(false);
  });

  test('is not looked at when init has one', () => {
    const request = make('x');
    expect(plan(request, { body: 'y' })).toEqual({});
    expect(request.bodyUsed).toBe(false);
  });
});
