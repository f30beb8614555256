import { expect, test } from 'vitest';
import { readSdkRequest } from './sdk-request.js';

const COUNT = 'x-stainless-retry-count';
const TIMEOUT = 'x-stainless-timeout';

test.each([
  [{ [COUNT]: '0' }, { retryCount: 0, timeoutMs: undefined }],
  [new Headers({ [COUNT]: '2', [TIMEOUT]: '600' }), { retryCount: 2, timeoutMs: 600_999 }],
  [
    { 'X-Stainless-Retry-Count': '1', [TIMEOUT]: '0' },
    { retryCount: 1, timeoutMs: 999 },
  ],
  [[[COUNT, '1'] as const], { retryCount: 1, timeoutMs: undefined }],
  [
    { [COUNT]: '1', [TIMEOUT]: 'soon' },
    { retryCount: 1, timeoutMs: undefined },
  ],
])('it reads %o', (headers, expected) => {
  expect(readSdkRequest(headers)).toEqual(expected);
});

test.each([
  [undefined],
  [{}],
  [{ [COUNT]: '' }],
  [{ [COUNT]: '-1' }],
  [{ [COUNT]: '1.5' }],
  [{ [COUNT]: '0, 1' }],
  [{ [TIMEOUT]: '600' }],
])('%o is of no SDK', (headers) => {
  expect(readSdkRequest(headers)).toBeUndefined();
});
