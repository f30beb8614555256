import { definePolicy, InvalidOptionsError } from '@forbear/core';
import axios from 'axios';
import { expect, test } from 'vitest';
import { attachForbear } from './attach.js';

test('all that is wrong is told at once', () => {
  const options = { maxRetries: -1, maxRetrys: 1 } as object;
  const attach = () => attachForbear({} as never, options);
  expect(attach).toThrow(InvalidOptionsError);
  expect(attach).toThrow(/got 3 bad option\(s\)/);
  expect(attach).toThrow('instance: got an object; give axios itself, or what axios.create() made');
  expect(attach).toThrow('did you mean maxRetries?');
});

test.each([null, undefined, 'axios', new axios.Axios()])('%s is no instance', (instance) => {
  expect(() => attachForbear(instance as never)).toThrow('instance: got');
});

test('an option of the policy beside a policy is refused', () => {
  const policy = definePolicy();
  const options = { policy, maxRetries: 1 };
  expect(() => attachForbear(axios.create(), options)).toThrow('give it to definePolicy()');
});

test('options that are none are refused, and no options are good', () => {
  expect(() => attachForbear(axios.create(), 5 as never)).toThrow('give an object');
  expect(() => attachForbear(axios.create(), null as never)).toThrow('give an object');
  expect(typeof attachForbear(axios.create())).toBe('function');
  expect(typeof attachForbear(axios, { maxRetries: 1 })).toBe('function');
  axios.interceptors.request.clear();
  axios.interceptors.response.clear();
});
