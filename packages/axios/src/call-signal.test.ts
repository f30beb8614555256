import { getEventListeners } from 'node:events';
import axios from 'axios';
import { expect, test } from 'vitest';
import type { SentConfig } from './bare-axios.js';
import { watchAborts } from './call-signal.js';

const errors = { AxiosError: axios.AxiosError, CanceledError: axios.CanceledError } as never;

function watch(config: object) {
  return watchAborts(config as SentConfig, 'http', errors);
}

test('a signal alone is the signal itself, and gets no listener', () => {
  const { signal } = new AbortController();
  const aborts = watch({ signal });
  expect(aborts.signal).toBe(signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(watch({}).signal).toBeUndefined();
  expect(watch({ signal: null }).signal).toBeUndefined();
});

test('a token and a signal make one signal, and are let go of', () => {
  const controller = new AbortController();
  const source = axios.CancelToken.source();
  const first = watch({ signal: controller.signal, cancelToken: source.token });
  expect(first.signal?.aborted).toBe(false);
  source.cancel('mine');
  expect(first.signal?.reason).toBe(undefined);
  first.release();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a token that was cancelled before is aborted with its reason', () => {
  const source = axios.CancelToken.source();
  source.cancel('mine');
  const { signal, toAxios } = watch({ cancelToken: source.token });
  expect(signal?.reason).toBe(source.token.reason);
  expect(toAxios(signal?.reason)).toBe(source.token.reason);
});

test('the reason of a signal becomes an error of axios, and nothing else does', () => {
  const controller = new AbortController();
  const config = { signal: controller.signal, url: '/' };
  const { toAxios } = watch(config);
  const mine = new Error('mine');
  expect(toAxios(mine)).toBe(mine);
  controller.abort(mine);
  expect(toAxios(mine)).toBeInstanceOf(axios.CanceledError);
  expect(toAxios(mine)).toMatchObject({ code: 'ERR_CANCELED', config, message: 'canceled' });
  const other = new Error('other');
  expect(toAxios(other)).toBe(other);
});
