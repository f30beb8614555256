import { expect, test } from 'vitest';
import { readMistake } from './mistake.js';

test.each([
  'ERR_BAD_OPTION',
  'ERR_BAD_OPTION_VALUE',
  'ERR_BAD_REQUEST',
  'ERR_NOT_SUPPORT',
  'ERR_FR_TOO_MANY_REDIRECTS',
  'ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
])('an error with the code %s is a mistake', (code) => {
  expect(readMistake({ code, message: 'mine' })).toEqual(new TypeError('mine'));
});

test('an answer that is too long is a mistake, and one that broke off is none', () => {
  const read = (message: string) => readMistake({ code: 'ERR_BAD_RESPONSE', message });
  expect(read('maxContentLength size of 5 exceeded')).toBeInstanceOf(TypeError);
  expect(read('maxContentLength size of -1 exceeded')).toBeUndefined();
  expect(read('stream has been aborted')).toBeUndefined();
});

test('nothing else is one', () => {
  for (const error of [
    undefined,
    null,
    'ERR_BAD_REQUEST',
    {},
    { code: 5 },
    { code: 'ECONNRESET' },
    { code: 'ERR_NETWORK', message: 'Network Error' },
    { code: 'ERR_CANCELED', message: 'canceled' },
  ]) {
    expect(readMistake(error)).toBeUndefined();
  }
});
