import { expect, test } from 'vitest';
import { readModel } from './model.js';

const json = (value: unknown) => JSON.stringify(value);
const utf8 = (text: string) => new TextEncoder().encode(text);

test('the model of a JSON body is found, with or without white space', () => {
  expect(readModel(json({ model: 'gpt-4o', messages: [] }))).toBe('gpt-4o');
  expect(readModel(json({ messages: [{ content: 'hi' }], model: 'gpt-4o' }))).toBe('gpt-4o');
  expect(readModel(JSON.stringify({ n: 1, model: 'gpt-4o' }, null, 2))).toBe('gpt-4o');
  expect(readModel('\ufeff \r\n\t{ "model"\n:\t"gpt-4o" }')).toBe('gpt-4o');
});

test('the model is found in bytes of every kind', () => {
  const bytes = utf8(json({ model: 'gpt-4o', text: 'é' }));
  expect(readModel(bytes)).toBe('gpt-4o');
  expect(readModel(bytes.buffer)).toBe('gpt-4o');
  expect(readModel(new DataView(bytes.buffer))).toBe('gpt-4o');
  expect(readModel(utf8('\ufeff{"model":"gpt-4o"}'))).toBe('gpt-4o');
});

test.each([10, 60, 64, 500, 1_020, 1_024, 5_000, 16_000])(
  'a model behind %i bytes is found in them as in text',
  (length) => {
    const body = json({ pad: 'é'.repeat(length / 2), model: 'gpt-4o' });
    expect(readModel(utf8(body))).toBe('gpt-4o');
    expect(readModel(body)).toBe('gpt-4o');
  },
);

test('a model in a message, a tool or a nested object is not that of the request', () => {
  expect(
    readModel(json({ tools: [{ model: 'inner' }], meta: { model: 'inner' } })),
  ).toBeUndefined();
  expect(readModel(json({ tools: [{ model: 'inner' }], model: 'outer' }))).toBe('outer');
  expect(readModel(json({ content: '"model":"quoted"', model: 'outer' }))).toBe('outer');
  expect(readModel(json({ content: '{"model":"quoted"}' }))).toBeUndefined();
  expect(readModel(json({ content: 'a\\', b: '","model":"x', model: 'outer' }))).toBe('outer');
  expect(readModel(json({ '}': '}', a: { '}': ']' }, model: 'outer' }))).toBe('outer');
  expect(readModel(json([{ model: 'inner' }]))).toBeUndefined();
  expect(readModel('{}{"model":"next"}')).toBeUndefined();
});

test('the word as a value, or a longer name, is no model', () => {
  expect(
    readModel(json({ kind: 'model', model_id: 'a', amodel: 'b', model2: 'c' })),
  ).toBeUndefined();
  expect(readModel(json({ kind: 'model', model: 'outer' }))).toBe('outer');
});

test('a model that is no text, empty or longer than 200 characters is none', () => {
  for (const model of [null, 7, ['gpt-4o'], { id: 'gpt-4o' }, '', 'm'.repeat(201)]) {
    expect(readModel(json({ model }))).toBeUndefined();
  }
  expect(readModel(json({ model: 'm'.repeat(200) }))).toBe('m'.repeat(200));
});

test('escapes in a model are resolved, and broken ones make it none', () => {
  expect(readModel('{"model":"meta\\/llama\\u002d3 \\"x\\""}')).toBe('meta/llama-3 "x"');
  expect(readModel('{"model":"a\\x"}')).toBeUndefined();
});

test('a body that is cut off has the model that stands whole in it', () => {
  expect(readModel('{"model":"gpt-4o","mess')).toBe('gpt-4o');
  expect(readModel('{"model":"gpt-4')).toBeUndefined();
  expect(readModel('{"mod')).toBeUndefined();
});

test('only the first 16 KiB are looked at', () => {
  const pad = (length: number) => json({ a: 'x'.repeat(length), model: 'gpt-4o' });
  expect(readModel(pad(16_300))).toBe('gpt-4o');
  expect(readModel(pad(16_384))).toBeUndefined();
  expect(readModel(utf8(pad(16_384)))).toBeUndefined();
});

test('anything but JSON has no model', () => {
  const stream = new ReadableStream();
  for (const body of ['model=gpt-4o', '', '--x\r\n"model":"a"', undefined, null, 7, stream, {}]) {
    expect(readModel(body)).toBeUndefined();
  }
  const detached = utf8(json({ model: 'gpt-4o' }));
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  expect(readModel(detached)).toBeUndefined();
});
