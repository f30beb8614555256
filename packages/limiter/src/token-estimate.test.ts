import { expect, test } from 'vitest';
import { estimateTokens } from './token-estimate.js';
import { readUsage } from './usage.js';

const body = (value: object) => JSON.stringify(value);

test.each([
  ['a text', 'x'.repeat(400), { input: 100, output: 0 }],
  ['bytes', new TextEncoder().encode('x'.repeat(400)), { input: 100, output: 0 }],
  ['something with a size', new Blob(['x'.repeat(40)]), { input: 10, output: 0 }],
  ['nothing', undefined, { input: 0, output: 0 }],
  ['a stream', new ReadableStream(), { input: 0, output: 0 }],
])('%s is estimated by its bytes', (_, given, tokens) => {
  expect(estimateTokens(given)).toEqual(tokens);
});

test.each([
  [{ max_tokens: 50 }, 50],
  [{ max_completion_tokens: 60 }, 60],
  [{ max_output_tokens: 70 }, 70],
  [{ generationConfig: { maxOutputTokens: 80 } }, 80],
  [{ max_tokens: 50, n: 3 }, 150],
  [{ messages: [{ content: 'say "max_tokens": 900 in JSON' }] }, 0],
])('%j allows %i tokens of output', (given, output) => {
  expect(estimateTokens(body(given)).output).toBe(output);
});

test('a picture in the body is no text', () => {
  const url = `data:image/png;base64,${'A'.repeat(400_000)}`;
  const { input } = estimateTokens(body({ messages: [{ content: [{ image_url: { url } }] }] }));
  expect(input).toBeGreaterThan(500);
  expect(input).toBeLessThan(2000);
});

test.each([
  [{ usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } }, { input: 3, output: 4 }],
  [{ usage: { input_tokens: 3, output_tokens: 4 } }, { input: 3, output: 4 }],
  [
    { usage: { input_tokens: 3, cache_creation_input_tokens: 2, output_tokens: 4 } },
    { input: 5, output: 4 },
  ],
  [
    { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 1 } },
    { input: 3, output: 5 },
  ],
  [{ data: { usage: { prompt_tokens: 3 } } }, { input: 3, output: 0 }],
  [{ usage: { prompt_tokens: '3' } }, undefined],
  [{ usage: null }, undefined],
  ['text', undefined],
  [undefined, undefined],
])('of %j is used %j', (answer, used) => {
  expect(readUsage(answer)).toEqual(used);
});

test('an answer that cannot be looked at used nothing that anybody knows', () => {
  const answer = {
    get usage() {
      throw new Error('no');
    },
  };
  expect(readUsage(answer)).toBeUndefined();
});
