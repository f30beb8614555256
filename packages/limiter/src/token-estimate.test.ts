import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens, type TokenEstimator, tokenCounter } from './token-estimate.js';
import { readUsage } from './usage.js';

const body = (value: unknown) => JSON.stringify(value);

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

const PICTURE = 'iVBORw0KGgo/Aa+'.repeat(30_000);
const URL_OF_PICTURE = `data:image/png;base64,${PICTURE}==`;

test.each([
  ['OpenAI', { image_url: { url: URL_OF_PICTURE } }],
  ['OpenAI, as sound', { input_audio: { data: PICTURE, format: 'wav' } }],
  ['Anthropic', { source: { type: 'base64', media_type: 'image/png', data: `${PICTURE}=` } }],
  ['Gemini', { inline_data: { mime_type: 'image/png', data: PICTURE } }],
])('a picture in the body is no text, as sent to %s', (_, part) => {
  const { input } = estimateTokens(body({ messages: [{ content: [part] }] }));
  expect(input).toBeGreaterThan(1000);
  expect(input).toBeLessThan(1100);
});

test('a large picture hides neither the text nor the output that stand behind it', () => {
  const data = PICTURE.repeat(30);
  const text = 'what is it? '.repeat(400);
  const request = body({
    messages: [{ data }, { text }, { data: URL_OF_PICTURE }],
    max_tokens: 50,
  });
  const { input, output } = estimateTokens(request);
  expect(output).toBe(50);
  expect(input - 2000).toBeGreaterThan(1200);
  expect(input - 2000).toBeLessThan(1300);
});

test.each([
  ['words', 'word '.repeat(200)],
  ['a short hash', 'a'.repeat(511)],
  ['a path', 'https://example.com/'.repeat(50)],
])('%s between quotes are text', (_, text) => {
  expect(estimateTokens(body(text)).input).toBe(Math.ceil((text.length + 2) / 4));
});

test('a text is as long as its bytes in UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = new TextEncoder().encode(text).byteLength;
      expect(estimateTokens(text).input).toBe(Math.ceil(bytes / 4));
    }),
  );
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
  [{ usage: { prompt_tokens: 3, completion_tokens: 1e308 } }, { input: 3, output: 0 }],
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

test('an estimator of the user that gives what is no count is not believed', async () => {
  const rejected = async () => {
    throw new Error('later');
  };
  const estimators = [rejected, () => 1e308, () => Number.NaN, () => -1, () => ({ input: 1 })];
  for (const estimator of estimators) {
    const count = tokenCounter(estimator as unknown as TokenEstimator);
    expect(count(undefined, 'four')).toEqual({ input: 1, output: 0 });
  }
});

test('a body that cannot be looked at takes nothing', () => {
  const body = {
    get byteLength(): number {
      throw new Error('detached');
    },
  };
  expect(tokenCounter(undefined)(undefined, body)).toEqual({ input: 0, output: 0 });
});
