import { traceOf } from '@forbear/core';
import { expect, test } from 'vitest';
import { setUp } from './rig.js';

test('an error that an SDK makes of a response has its trace, by the headers that they share', async () => {
  const { provider, call } = await setUp();
  provider.fail({ kind: 'status', status: 400 });
  const { response, trace } = await call('POST');
  const made = Object.assign(new Error('400 bad request'), { headers: response?.headers });
  expect(traceOf(made)).toEqual(trace);
  expect(traceOf(new Error('it failed', { cause: made }))).toEqual(trace);
  expect(traceOf({ headers: new Headers(response?.headers) })).toBeUndefined();
});
